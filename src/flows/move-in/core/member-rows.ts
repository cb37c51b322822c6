import type { Trait } from "#domains/ledger/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { type Calendar, type EpochMs, parseDay, parseInstant } from "#kernel/time.ts";
import type { Registration } from "../register-members.ts";

/** One cell's fault, in words; the row's number is the caller's. */
export type RowFault = { readonly column: string; readonly message: string };

export type Row = Readonly<Record<string, string | null>>;

/** Columns of a members file. `member` is the id in the other programme; cells with several values part them by `|`. */
export const MEMBER_COLUMNS = [
  "member",
  "joined_at",
  "card",
  "phone",
  "email",
  "token",
  "level",
  "level_since",
  "favourites",
  "segments",
  "subscription",
  "subscription_until",
] as const;

const IDENTIFIER_COLUMNS = ["card", "phone", "email", "token"] as const;

/** The identifier under which a member of another programme is known here. */
export function externalIdentifier(source: string, member: string) {
  return { kind: "external", value: `${source}:${member}` };
}

/** A row of a members file as a registration. */
export function toRegistration(
  row: Row,
  source: string,
  calendar: Calendar,
  now: EpochMs,
): Result<Registration, RowFault> {
  const member = row.member;
  if (!member) return err({ column: "member", message: "is empty" });
  const joinedAt = timeOf(row, "joined_at", calendar);
  if (!joinedAt.ok) return joinedAt;
  const traits = traitsOf(row, calendar, joinedAt.value ?? now);
  if (!traits.ok) return traits;
  const identifiers = [
    externalIdentifier(source, member),
    ...IDENTIFIER_COLUMNS.flatMap((kind) => listOf(row[kind]).map((value) => ({ kind, value }))),
  ];
  return ok({ identifiers, traits: traits.value, joinedAt: joinedAt.value ?? now });
}

function traitsOf(row: Row, calendar: Calendar, joinedAt: EpochMs): Result<Trait[], RowFault> {
  const since = timeOf(row, "level_since", calendar);
  if (!since.ok) return since;
  const until = timeOf(row, "subscription_until", calendar);
  if (!until.ok) return until;
  const traits: Trait[] = [];
  if (row.level) traits.push({ kind: "level", key: row.level, fromAt: since.value ?? joinedAt });
  for (const key of listOf(row.favourites)) traits.push({ kind: "favourite", key, fromAt: joinedAt });
  for (const key of listOf(row.segments)) traits.push({ kind: "segment", key, fromAt: joinedAt });
  if (row.subscription) {
    const end = until.value === undefined ? {} : { untilAt: until.value };
    traits.push({ kind: "subscription", key: row.subscription, fromAt: joinedAt, ...end });
  }
  return ok(traits);
}

export function listOf(cell: string | null | undefined): string[] {
  return (cell ?? "")
    .split("|")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** A day (its beginning in the programme's time zone) or an RFC 3339 time; undefined for an empty cell. */
export function timeOf(row: Row, column: string, calendar: Calendar): Result<EpochMs | undefined, RowFault> {
  const text = row[column];
  if (!text) return ok(undefined);
  const day = parseDay(text);
  const at = day === undefined ? parseInstant(text) : calendar.startOf(day);
  return at === undefined
    ? err({ column, message: `expected YYYY-MM-DD or an RFC 3339 time with its offset, got "${text}"` })
    : ok(at);
}
