import type { MemberId, PartnerId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";

/** Facts of an event beside its type: flat, whole numbers only. */
export type EventData = Readonly<Record<string, string | number | boolean>>;

/** What a partner says happened to a member: a card issued, a number moved, a tariff switched on. */
export type PartnerEvent = {
  readonly partner: PartnerId;
  /** The partner's own id of it; unique within the partner for good. */
  readonly id: string;
  readonly type: string;
  readonly member: MemberId;
  /** When it happened, by the partner's clock. */
  readonly at: EpochMs;
  readonly data: EventData;
};

export type StoredEvent = PartnerEvent & { readonly receivedAt: EpochMs };
