import type { ProgrammeDocument } from "./schema.ts";

/** Boosts, caps and rules of approved missions carry this prefix; they come from missions, not from the file. */
export const MISSION_PREFIX = "mission-";
/** The same of live offers, with their campaigns. */
export const OFFER_PREFIX = "offer-";

const SECTIONS = ["boosts", "campaigns", "caps", "rules"] as const;

/**
 * Keeps what missions and offers have brought into the last version: a file applied by the operator says nothing of it,
 * and members hold boosts that need their rules. What the file itself names counts.
 */
export function carryMissions(document: ProgrammeDocument, latest: ProgrammeDocument | undefined): ProgrammeDocument {
  if (latest === undefined) return document;
  const carried = SECTIONS.map((section) => {
    const kept = Object.entries(latest[section]).filter(
      ([id]) => id.startsWith(MISSION_PREFIX) || id.startsWith(OFFER_PREFIX),
    );
    return [section, { ...Object.fromEntries(kept), ...document[section] }] as const;
  });
  return { ...document, ...Object.fromEntries(carried) };
}
