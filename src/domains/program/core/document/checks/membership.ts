import { type Duration, durationOf, fixedMs, isQuantity, moneyKopecks, pointsCentsOf } from "../quantities.ts";
import type { ProgrammeDocument } from "../schema.ts";
import type { Collector } from "./collector.ts";
import { checkDays } from "./places.ts";

/** Levels and what it takes to get them, subscriptions and what they cost. */
export function checkMembership(document: ProgrammeDocument, collector: Collector): void {
  for (const id of Object.keys(document.levels)) checkReach(id, document, collector);
  checkSubscriptions(document, collector);
}

/** One measure above 0, in a window that can be counted. */
function checkReach(id: string, document: ProgrammeDocument, collector: Collector): void {
  const reach = document.levels[id]?.reach;
  if (reach === undefined) return;
  const path = ["levels", id, "reach"];
  const { spend, points, within, at } = reach;
  collector.refer([...path, "at"], at, document.partners, "partner");
  if ((spend === undefined) === (points === undefined)) collector.add(path, "expected either spend or points");
  if (spend !== undefined && moneyKopecks(spend) === 0) collector.add([...path, "spend"], "expected an amount above 0");
  if (points !== undefined && pointsCentsOf(points) === 0) {
    collector.add([...path, "points"], "expected points above 0");
  }
  if (!isQuantity("duration", within)) return;
  const { count, unit } = durationOf(within);
  if (unit !== "day" || count < 1 || count > 731) {
    collector.add([...path, "within"], `expected month, quarter, year, or 1 to 731 days, got "${within}"`);
  }
}

function checkSubscriptions(document: ProgrammeDocument, collector: Collector): void {
  const codes = new Map<string, string>();
  for (const [id, subscription] of Object.entries(document.subscriptions)) {
    const path = ["subscriptions", id];
    const { seller, trial, grace, retries, promos = {}, delivery } = subscription;
    collector.refer([...path, "seller"], seller, document.partners, "partner");
    collector.refer([...path, "delivery", "at"], delivery?.at, document.partners, "partner");
    if (trial !== undefined && !isDaysOrMonths(durationOf(trial.lasts))) {
      collector.add([...path, "trial", "lasts"], `expected days or months, got "${trial.lasts}"`);
    }
    if (grace !== undefined && fixedMs(durationOf(grace)) === undefined) {
      collector.add([...path, "grace"], `expected minutes, hours or days, got "${grace}"`);
    }
    retries?.forEach((each, i) => {
      const ms = fixedMs(durationOf(each));
      if (ms === undefined || ms === 0) {
        collector.add([...path, "retries", i], `expected minutes, hours or days above 0, got "${each}"`);
      }
    });
    for (const [promo, { code, from, until }] of Object.entries(promos)) {
      checkDays([...path, "promos", promo], from, until, collector);
      const other = codes.get(code);
      if (other !== undefined) collector.add([...path, "promos", promo, "code"], `"${other}" has this code already`);
      codes.set(code, promo);
    }
  }
}

function isDaysOrMonths({ unit, count }: Duration): boolean {
  return count > 0 && (unit === "day" || unit === "month");
}
