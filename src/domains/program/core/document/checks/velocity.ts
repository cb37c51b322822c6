import { DAY_MS } from "#kernel/time.ts";
import { durationOf, fixedMs, isQuantity, moneyKopecks, pointsCentsOf } from "../quantities.ts";
import type { ProgrammeDocument } from "../schema.ts";
import { listOf } from "../shorthand.ts";
import type { Collector } from "./collector.ts";
import { checkWhen } from "./conditions.ts";

/** What is remembered of receipts is kept for this long (docs/guides/operator.md). */
export const LONGEST_WINDOW_DAYS = 31;

/** Velocity rules. */
export function checkVelocity(document: ProgrammeDocument, collector: Collector): void {
  for (const [id, rule] of Object.entries(document.velocity)) {
    const path = ["velocity", id];
    const of = listOf(rule.of);
    if (new Set(of).size < of.length) collector.add([...path, "of"], "expected each once");
    checkWhen([...path, "when"], rule.when, document, collector);
    checkLimit(path, rule, collector);
    checkWindow(path, rule, collector);
  }
}

type Rule = ProgrammeDocument["velocity"][string];

function checkLimit(path: readonly string[], { limit, apart, on, of }: Rule, collector: Collector): void {
  if ((limit === undefined) === (apart === undefined)) {
    collector.add(path, "needs either a limit or apart", "key");
    return;
  }
  if (limit === undefined) {
    if (on === "return") collector.add([...path, "apart"], "returns are counted; expected a limit");
    return;
  }
  if (isQuantity("distinct", limit)) {
    const what = limit.replace(/^\d+ ?/, "").replace(/s$/, "");
    if (listOf(of).includes(what as "member")) {
      collector.add([...path, "limit"], `each ${what} is counted apart already; expected another kind`);
    }
  }
  if (on === "return" && isQuantity("points", limit)) {
    collector.add([...path, "limit"], "a return earns nothing; expected times, money or a number of different ones");
  }
  const isZero =
    (isQuantity("money", limit) && moneyKopecks(limit) === 0) ||
    (isQuantity("points", limit) && pointsCentsOf(limit) === 0);
  if (isZero) collector.add([...path, "limit"], "expected more than 0");
}

function checkWindow(path: readonly string[], { apart, within, per }: Rule, collector: Collector): void {
  if (apart !== undefined) {
    if (within !== undefined) collector.add([...path, "within"], "apart has no window");
    if (per !== undefined) collector.add([...path, "per"], "apart has no window");
    checkLength([...path, "apart"], apart, collector);
  } else if ((within === undefined) === (per === undefined)) {
    collector.add(path, "needs either within or per", "key");
  } else if (within !== undefined) checkLength([...path, "within"], within, collector);
}

function checkLength(path: readonly string[], text: string, collector: Collector): void {
  const ms = fixedMs(durationOf(text));
  if (ms === undefined || ms === 0 || ms > LONGEST_WINDOW_DAYS * DAY_MS) {
    collector.add(path, `expected minutes, hours or days, at most ${LONGEST_WINDOW_DAYS} days, got ${text}`);
  }
}
