import type { PartnerId } from "#kernel/ids.ts";
import { type EpochMs, parseDay } from "#kernel/time.ts";
import { dateDigits, parseDate } from "../normalise/date.ts";
import { parseEmail } from "../normalise/email.ts";
import { parsePersonName, surnameStem } from "../normalise/names.ts";
import { parsePhone } from "../normalise/phone.ts";
import { foldText } from "../normalise/text.ts";
import type { IDENTIFIER_KINDS } from "./identifier-key.ts";

export type IdentifierKind = (typeof IDENTIFIER_KINDS)[number];

/** What one partner tells of a person. Every field but one identifier may be missing. */
export type Profile = {
  readonly partner: PartnerId;
  /** The partner's own id of the person. */
  readonly externalId: string;
  readonly identifiers: readonly ProfileIdentifier[];
  readonly name?: string;
  /** YYYY-MM-DD */
  readonly birthDate?: string;
  readonly gender?: "female" | "male";
  readonly address?: string;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly consents?: Consents;
  readonly at: EpochMs;
};

export type ProfileIdentifier = {
  readonly kind: IdentifierKind;
  readonly value: string;
  /** The partner has proof: a code sent to the phone, a card it issued itself. */
  readonly verified: boolean;
};

/** What the person allows: which partners may see what this one knows. Nothing said is nothing allowed. */
export type Consents = { readonly share?: "all" | readonly PartnerId[] };

export type ProfileFault = {
  readonly pointer: string;
  readonly code: "not-a-phone" | "not-an-email" | "not-a-date" | "twice";
};

/** What can't be right whatever its owner says: numbers, addresses and dates that are none; the same value twice. */
export function profileFaults(profile: Profile): ProfileFault[] {
  const faults: ProfileFault[] = [];
  const seen = new Set<string>();
  for (const [index, { kind, value }] of profile.identifiers.entries()) {
    const pointer = `/identifiers/${index}/value`;
    if (kind === "phone" && parsePhone(value) === undefined) faults.push({ pointer, code: "not-a-phone" });
    if (kind === "email" && parseEmail(value) === undefined) faults.push({ pointer, code: "not-an-email" });
    if (seen.has(`${kind} ${value.trim()}`)) faults.push({ pointer, code: "twice" });
    seen.add(`${kind} ${value.trim()}`);
  }
  if (profile.birthDate !== undefined && birthDigits(profile.birthDate) === undefined) {
    faults.push({ pointer: "/birthDate", code: "not-a-date" });
  }
  return faults;
}

/** A claim's kind and value in one spelling: what two profiles may share without deciding who they are. */
export type ClaimValue = { readonly kind: string; readonly value: string };

/**
 * What a profile says without proof, to be kept as keyed hashes: identifiers that are not verified, the birth date, the
 * address, and the address with the stem of the surname (who share it are a household).
 */
export function claimsOf(profile: Profile, unproven: readonly ProfileIdentifier[]): ClaimValue[] {
  const claims: ClaimValue[] = unproven.map(({ kind, value }) => ({ kind, value }));
  const birth = profile.birthDate === undefined ? undefined : birthDigits(profile.birthDate);
  if (birth !== undefined) claims.push({ kind: "birth-date", value: birth });
  const address = foldText(profile.address ?? "");
  if (address.length < 10) return claims;
  claims.push({ kind: "address", value: address });
  const surname = surnameStem(parsePersonName(profile.name ?? "").surname);
  if (surname !== "") claims.push({ kind: "family-address", value: `${address} ${surname}` });
  return claims;
}

function birthDigits(text: string): string | undefined {
  // A typo may be evidence to a linkage; who tells a profile is told of it.
  if (parseDay(text) === undefined) return undefined;
  const parts = parseDate(text, "ymd");
  if (parts === undefined || parts.day === 0 || parts.day > 31 || parts.year < 1900) return undefined;
  return dateDigits(parts);
}
