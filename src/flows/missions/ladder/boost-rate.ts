import { list } from "#domains/missions/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";

/** Basis points that the programme's rules give for a boost: the sum over rules that ask for it. */
export function boostRateBp(programme: CompiledProgramme, boost: string): number {
  let rateBp = 0;
  for (const [id, { when }] of Object.entries(programme.document.rules)) {
    const effect = programme.rules.get(id)?.effect;
    if (effect?.kind === "percent" && list(when?.boost).includes(boost)) rateBp += effect.rateBp;
  }
  return rateBp;
}
