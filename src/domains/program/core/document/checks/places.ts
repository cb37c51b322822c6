import { parseDay } from "#kernel/time.ts";
import { durationOf, fixedMs, moneyKopecks, percentBp } from "../quantities.ts";
import type { ProgrammeDocument } from "../schema.ts";
import type { Collector } from "./collector.ts";

/** Partners, brands, stores, categories and whatever else rules refer to. */
export function checkPlaces(document: ProgrammeDocument, collector: Collector): void {
  const { programme, partners, brands } = document;
  collector.refer(["programme", "operator"], programme.operator, partners, "partner");
  checkTimeZone(["programme", "timeZone"], programme.timeZone, collector);
  if (moneyKopecks(programme.pointValue) === 0) {
    collector.add(["programme", "pointValue"], "expected a value above 0");
  }
  for (const [id, brand] of Object.entries(brands)) {
    collector.refer(["brands", id, "partner"], brand.partner, partners, "partner");
  }
  for (const [id, store] of Object.entries(document.stores)) {
    collector.refer(["stores", id, "brand"], store.brand, brands, "brand");
    if (store.timeZone !== undefined) checkTimeZone(["stores", id, "timeZone"], store.timeZone, collector);
  }
  checkFunding(document, collector);
  checkCategories(document, collector);
  checkStandings(document, collector);
  checkPolicies(document, collector);
}

function checkTimeZone(path: readonly string[], timeZone: string, collector: Collector): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch {
    collector.add(path, `expected an IANA time zone such as Europe/Moscow, got "${timeZone}"`);
  }
}

/** A deposit covers a prepaid partner, a guarantee a postpaid one. */
function checkFunding({ partners }: ProgrammeDocument, collector: Collector): void {
  for (const [id, { funding }] of Object.entries(partners)) {
    if (funding === undefined) continue;
    const path = ["partners", id, "funding"];
    if (funding.mode === "prepaid" && funding.guarantee !== undefined) {
      collector.add(
        [...path, "guarantee"],
        "a prepaid partner is covered by its deposit; a guarantee goes with postpaid",
      );
    }
    if (funding.guarantee === undefined && funding.stopAt !== undefined) {
      collector.add([...path, "stopAt"], "is a share of the guarantee; expected a guarantee beside it");
    }
    if (funding.guarantee === undefined && funding.mode === "postpaid" && funding.alertAt !== undefined) {
      collector.add([...path, "alertAt"], "is a share of the guarantee; expected a guarantee beside it");
    }
    for (const key of ["alertAt", "stopAt"] as const) {
      const share = funding[key];
      if (share !== undefined && percentBp(share) > 10_000) collector.add([...path, key], "expected at most 100%");
    }
  }
}

function checkCategories({ categories }: ProgrammeDocument, collector: Collector): void {
  for (const [id, category] of Object.entries(categories)) {
    collector.refer(["categories", id, "parent"], category.parent, categories, "category");
    const seen = new Set<string>();
    let above: string | undefined = id;
    while (above !== undefined && !seen.has(above)) {
      seen.add(above);
      above = categories[above]?.parent;
    }
    if (above === id) collector.add(["categories", id, "parent"], `"${id}" lies under itself`);
  }
}

function checkStandings(document: ProgrammeDocument, collector: Collector): void {
  const { partners } = document;
  const ranks = new Map<number, string>();
  for (const [id, level] of Object.entries(document.levels)) {
    const other = ranks.get(level.rank);
    if (other !== undefined) collector.add(["levels", id, "rank"], `"${other}" has the rank ${level.rank} already`);
    ranks.set(level.rank, id);
  }
  for (const [id, campaign] of Object.entries(document.campaigns)) {
    collector.refer(["campaigns", id, "partner"], campaign.partner, partners, "partner");
    checkDays(["campaigns", id], campaign.from, campaign.until, collector);
  }
}

/** Both are days of the calendar, in order. */
export function checkDays(
  path: readonly (string | number)[],
  from: string | undefined,
  until: string | undefined,
  collector: Collector,
): void {
  const first = from === undefined ? undefined : parseDay(from);
  const last = until === undefined ? undefined : parseDay(until);
  if (from !== undefined && first === undefined) collector.add([...path, "from"], `${from} is no day of the calendar`);
  if (until !== undefined && last === undefined)
    collector.add([...path, "until"], `${until} is no day of the calendar`);
  if (first !== undefined && last !== undefined && last < first) {
    collector.add([...path, "until"], `expected ${from} or a later day, got ${until}`);
  }
}

function checkPolicies({ policies }: ProgrammeDocument, collector: Collector): void {
  for (const key of ["grace", "lateWindow"] as const) {
    if (durationOf(policies[key]).unit !== "day") {
      collector.add(["policies", key], `expected days such as 30 days, got "${policies[key]}"`);
    }
  }
  if (percentBp(policies.expectedRedemption) > 10_000) {
    collector.add(["policies", "expectedRedemption"], "expected at most 100%");
  }
  for (const key of ["futureTolerance", "onlineTolerance", "longestHold", "reserve"] as const) {
    if (fixedMs(durationOf(policies[key])) === undefined) {
      collector.add(["policies", key], `expected minutes, hours or days, got "${policies[key]}"`);
    }
  }
}
