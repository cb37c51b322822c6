import type { Path } from "#platform/yaml/faults.ts";
import { durationOf, moneyKopecks, multiplierBp, percentBp, pointsCentsOf } from "../quantities.ts";
import type { ProgrammeDocument } from "../schema.ts";
import { type EarnDetails, earnDetails, listOf, type RuleSource } from "../shorthand.ts";
import type { Collector } from "./collector.ts";
import { checkWhen } from "./conditions.ts";
import { checkFunders } from "./funders.ts";

/** The largest percentage of one rule: sums of kopecks times it stay exact (#kernel/money.ts). */
export const LARGEST_RATE_BP = 100_000;
const LARGEST_MULTIPLIER_BP = 1_000_000;

export function checkRules(document: ProgrammeDocument, collector: Collector): void {
  for (const [id, rule] of Object.entries(document.rules)) {
    const path = ["rules", id];
    if (Object.hasOwn(document.stacking, id)) {
      collector.add(path, `"${id}" is a group of stacking too; give the rule an id of its own`, "key");
    }
    checkWhen([...path, "when"], rule.when, document, collector);
    checkEffect(id, rule, document, collector);
    checkFunders(id, rule.funders, document, collector);
    collector.refer([...path, "group"], rule.group, document.stacking, "group of stacking");
    collector.refer([...path, "caps"], rule.caps, document.caps, "cap");
    collector.refer([...path, "campaign"], rule.campaign, document.campaigns, "campaign");
    listOf(rule.caps).forEach((cap, i) => {
      if (document.caps[cap]?.on === "spend") {
        collector.add(pathInList([...path, "caps"], rule.caps, i), `"${cap}" limits spending, not earning`);
      }
    });
    checkLot(path, rule, collector);
  }
  checkLot(["lots"], document.lots, collector);
  checkGroups(document, collector);
}

/** The path of an entry of `x` or `[x, y]`. */
export function pathInList(path: Path, value: unknown, index: number): Path {
  return Array.isArray(value) ? [...path, index] : path;
}

function checkEffect(id: string, rule: RuleSource, document: ProgrammeDocument, collector: Collector): void {
  const path = ["rules", id, "earn"];
  const details = earnDetails(rule.earn);
  const effects = (["percent", "points", "multiply"] as const).filter((key) => details[key] !== undefined);
  if (effects.length !== 1) {
    collector.add(path, `expected one of percent, points, multiply, got ${effects.join(" and ") || "none"}`);
    return;
  }
  if (details.multiply === undefined && rule.funders === undefined) {
    collector.add(["rules", id], 'needs "funders": who pays for the points');
  }
  if (details.forEach !== undefined) {
    if (details.points === undefined) collector.add([...path, "forEach"], "forEach goes with points only");
    if (moneyKopecks(details.forEach) === 0) collector.add([...path, "forEach"], "expected an amount above 0");
  }
  if (details.points !== undefined && pointsCentsOf(details.points) === 0) {
    collector.add(typeof rule.earn === "string" ? path : [...path, "points"], "expected points above 0");
  }
  checkPercent(id, rule, details, document, collector);
  checkMultiplier(id, rule, details, document, collector);
}

function checkPercent(
  id: string,
  rule: RuleSource,
  details: EarnDetails,
  document: ProgrammeDocument,
  collector: Collector,
): void {
  const path = ["rules", id, "earn"];
  const { percent } = details;
  if (details.paidBy === "tender" && (percent === undefined || (!rule.when?.tender && !rule.when?.bank))) {
    collector.add([...path, "paidBy"], "paidBy: tender goes with percent, and with a tender or bank in when");
  }
  if (percent === "favourite") {
    if (!document.favourites.always && !document.favourites.months) {
      collector.add(path, "the programme offers no favourite categories (section favourites)");
    }
    return;
  }
  const isMap = percent !== undefined && typeof percent !== "string";
  const rates = isMap ? Object.entries(percent) : percent === undefined ? [] : [["", percent] as const];
  for (const [category, rate] of rates) {
    const at = isMap ? [...path, "percent", category] : path;
    if (isMap) collector.refer(at, category, document.categories, "category");
    if (percentBp(rate) > LARGEST_RATE_BP) collector.add(at, `expected at most ${LARGEST_RATE_BP / 100}%, got ${rate}`);
    if (percentBp(rate) === 0) collector.add(at, "expected a percentage above 0");
  }
}

function checkMultiplier(
  id: string,
  rule: RuleSource,
  details: EarnDetails,
  document: ProgrammeDocument,
  collector: Collector,
): void {
  const path = ["rules", id, "earn"];
  if (details.multiply === undefined) {
    if (details.of !== undefined) collector.add([...path, "of"], "of goes with multiply only");
    return;
  }
  const multiplier = multiplierBp(details.multiply);
  if (multiplier <= 10_000 || multiplier > LARGEST_MULTIPLIER_BP) {
    collector.add(path, `expected a multiplier above 1x and up to ${LARGEST_MULTIPLIER_BP / 10_000}x`);
  }
  if (rule.group !== undefined) collector.add(["rules", id, "group"], "a multiplier stands in no group");
  const multipliers = Object.entries(document.rules).filter(
    ([, each]) => earnDetails(each.earn).multiply !== undefined,
  );
  const names = new Set(multipliers.map(([name]) => name));
  collector.refer([...path, "of"], details.of, { ...document.rules, ...document.stacking }, "rule or group");
  listOf(details.of).forEach((target, i) => {
    if (names.has(target)) {
      collector.add(
        pathInList([...path, "of"], details.of, i),
        `"${target}" is a multiplier; multipliers add up, they don't multiply each other`,
      );
    }
  });
}

type Lot = { readonly activation?: string; readonly expiry?: ProgrammeDocument["lots"]["expiry"] };

function checkLot(path: Path, lot: Lot, collector: Collector): void {
  const { expiry } = lot;
  if (expiry === undefined || expiry === "never") return;
  const at = [...path, "expiry"];
  if ((expiry.after === undefined) === (expiry.endOf === undefined)) {
    collector.add(at, "expected either after or endOf");
  }
  if (expiry.after !== undefined && !["day", "month", "year"].includes(durationOf(expiry.after).unit)) {
    collector.add([...at, "after"], `expected days, months or years, got "${expiry.after}"`);
  }
  if (expiry.plus === undefined) return;
  if (expiry.endOf === undefined) collector.add([...at, "plus"], "plus goes with endOf only");
  if (!["month", "year"].includes(durationOf(expiry.plus).unit)) {
    collector.add([...at, "plus"], `expected months or years, got "${expiry.plus}"`);
  }
}

function checkGroups(document: ProgrammeDocument, collector: Collector): void {
  for (const [id, group] of Object.entries(document.stacking)) {
    const members = Object.entries(document.rules).filter(([, rule]) => rule.group === id);
    if (members.length === 0) collector.add(["stacking", id], `no rule stands in the group "${id}"`, "key");
    if (group.per !== "line") continue;
    for (const [rule, source] of members) {
      if (earnDetails(source.earn).percent === undefined) {
        collector.add(["rules", rule, "group"], `"${id}" chooses per line, so it takes percent rules only`);
      }
    }
  }
}
