import type { Alert, Block } from "#domains/guards/index.ts";
import { memberIds, operationIds } from "#kernel/ids.ts";
import { formatInstant } from "#kernel/time.ts";

/** A block as people see it: what is kept as a hash is not shown. */
export function renderBlock(block: Block) {
  const { blockId, kind, subject, reason, blockedBy, blockedAt, validFrom, validUntil } = block;
  const { liftedBy, liftedAt, liftReason } = block;
  return {
    block: `blk_${blockId}`,
    kind,
    ...shownSubject(kind, subject),
    reason,
    blockedBy,
    blockedAt: formatInstant(blockedAt),
    from: formatInstant(validFrom),
    ...(validUntil === undefined ? {} : { until: formatInstant(validUntil) }),
    ...(liftedBy === undefined ? {} : { liftedBy }),
    ...(liftedAt === undefined ? {} : { liftedAt: formatInstant(liftedAt) }),
    ...(liftReason === undefined ? {} : { liftReason }),
  };
}

function shownSubject(kind: Block["kind"], subject: string): { readonly subject?: string } {
  if (kind === "member") return { subject: memberIds.format(Number(subject)) };
  if (kind === "store" || kind === "partner") return { subject };
  return kind === "identifier" ? { subject: subject.slice(0, subject.indexOf(":")) } : {};
}

const PREFIX = "alr_";

/** `alr_...` as 32 hexadecimal digits; undefined for a text that is none. */
export function parseAlertId(text: string): string | undefined {
  return /^alr_[0-9a-f]{32}$/.test(text) ? text.slice(PREFIX.length) : undefined;
}

/** An alert as people see it. */
export function renderAlert(alert: Alert) {
  const { alertId, member, seq, decided, raisedAt, decidedAt, hits, ...rest } = alert;
  return {
    ...rest,
    alert: PREFIX + alertId,
    raisedAt: formatInstant(raisedAt),
    hits: [...hits],
    ...(member === undefined ? {} : { member: memberIds.format(member) }),
    ...(member === undefined || seq === undefined ? {} : { operation: operationIds.format({ member, seq }) }),
    ...(decidedAt === undefined ? {} : { decidedAt: formatInstant(decidedAt) }),
    ...(decided === undefined ? {} : { decision: operationIds.format(decided) }),
  };
}
