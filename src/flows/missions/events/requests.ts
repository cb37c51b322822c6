import type { EventData } from "#domains/missions/index.ts";
import type { MemberRef } from "#flows/checkout/index.ts";
import type { EpochMs } from "#kernel/time.ts";

export type EventRequest = {
  readonly partner: string;
  readonly id: string;
  readonly type: string;
  readonly member: MemberRef;
  readonly at: EpochMs;
  readonly data: EventData;
};

export type EventBody = {
  readonly partner: string;
  readonly id: string;
  readonly type: string;
  readonly member: string;
  readonly at: string;
};

export type EventFailure =
  | { readonly code: "no-programme" }
  | { readonly code: "unknown-member" }
  | { readonly code: "unknown-event" }
  | { readonly code: "forbidden-partner"; readonly partner: string }
  | { readonly code: "unknown-partner"; readonly pointer: string; readonly value: string }
  | { readonly code: "event-in-future" }
  | { readonly code: "idempotency-conflict" }
  | { readonly code: "overloaded"; readonly retryAfterSeconds: number };
