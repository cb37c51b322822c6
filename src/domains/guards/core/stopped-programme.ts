import {
  type CompiledProgramme,
  compileProgramme,
  MISSION_PREFIX,
  type ProgrammeDocument,
} from "#domains/program/index.ts";
import { type Stops, stopAt } from "./stops.ts";

type Rules = ProgrammeDocument["rules"];

/**
 * The programme as it prices while something is stopped: the same version without the rules that are. Pricing itself
 * knows of no switch. Versions without rules are made when first asked for, one for each set of stops.
 */
export function createStoppedProgrammes(
  stops: Stops,
): (programme: CompiledProgramme, seller: string) => CompiledProgramme {
  const isWhole = stops.earning.size + stops.funders.size + stops.missions.size === 0;
  const made = new Map<string, CompiledProgramme>();
  return (programme, seller) => {
    if (isWhole) return programme;
    const isAllStopped = stopAt(stops, "earning", seller) !== undefined;
    if (!isAllStopped && stops.funders.size + stops.missions.size === 0) return programme;
    const isSellerStopped = stops.funders.has(seller);
    const key = `${programme.version} ${isAllStopped ? "none" : isSellerStopped}`;
    const known = made.get(key);
    if (known) return known;
    const rules = isAllStopped ? {} : rulesLeft(programme.document, stops, isSellerStopped);
    const { document, version, effectiveFromAt } = programme;
    const left = compileProgramme({ ...document, rules }, version, effectiveFromAt);
    made.set(key, left);
    return left;
  };
}

function rulesLeft(document: ProgrammeDocument, stops: Stops, isSellerStopped: boolean): Rules {
  const kept = Object.entries(document.rules).filter(
    ([id, rule]) =>
      !(id.startsWith(MISSION_PREFIX) && stops.missions.has(id.slice(MISSION_PREFIX.length))) &&
      !payersOf(rule.funders, document).some((payer) =>
        payer === "seller" ? isSellerStopped : stops.funders.has(payer),
      ),
  );
  return withoutDangling(Object.fromEntries(kept), document);
}

/** Ids of those who pay for a rule, `seller` among them; none of a multiplier that others pay for. */
function payersOf(funders: Rules[string]["funders"], document: ProgrammeDocument): string[] {
  if (funders === undefined) return [];
  if (Array.isArray(funders)) return funders;
  if (typeof funders !== "string") return Object.keys(funders);
  const split = document.funderSplits[funders];
  return split === undefined ? [funders] : Object.keys(split);
}

/** A multiplier names rules: those that are left, and is left out itself when none is. */
function withoutDangling(rules: Rules, document: ProgrammeDocument): Rules {
  const isLeft = (name: string) =>
    Object.hasOwn(rules, name) ||
    (Object.hasOwn(document.stacking, name) && Object.values(rules).some(({ group }) => group === name));
  const result: Rules = {};
  for (const [id, rule] of Object.entries(rules)) {
    const { earn } = rule;
    if (typeof earn === "string" || earn.of === undefined) {
      result[id] = rule;
      continue;
    }
    const of = (typeof earn.of === "string" ? [earn.of] : earn.of).filter(isLeft);
    if (of.length > 0) result[id] = { ...rule, earn: { ...earn, of } };
  }
  return result;
}
