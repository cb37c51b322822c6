import type { ProgrammeDocument } from "./schema.ts";

/** Boosts, caps and rules of approved missions carry this prefix; they come from missions, not from the file. */
export const MISSION_PREFIX = "mission-";

const SECTIONS = ["boosts", "caps", "rules"] as const;

/**
 * Keeps what missions have brought into the last version: a file applied by the operator says nothing of it, and members
 * hold boosts that need their rules. What the file itself names counts.
 */
export function carryMissions(document: ProgrammeDocument, latest: ProgrammeDocument | undefined): ProgrammeDocument {
  if (latest === undefined) return document;
  const carried = SECTIONS.map((section) => {
    const kept = Object.entries(latest[section]).filter(([id]) => id.startsWith(MISSION_PREFIX));
    return [section, { ...Object.fromEntries(kept), ...document[section] }] as const;
  });
  return { ...document, ...Object.fromEntries(carried) };
}
