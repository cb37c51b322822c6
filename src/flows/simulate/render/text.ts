import { numbers } from "#domains/program/index.ts";
import type { Row, Simulation } from "../core/report.ts";

const BAR = 24;
const MOST_ROWS = 12;

/** A simulation for a terminal: sums, bars, who gains and who loses, and how well the replay matches what was booked. */
export function simulationText(simulation: Simulation): string {
  const { total, who, turnoverKopecks } = simulation;
  return [
    `What if: ${count(simulation.receipts)} receipts of ${count(simulation.members)} members, ${simulation.from.slice(0, 10)} to ${simulation.until.slice(0, 10)} (exclusive), turnover ${numbers.moneyText(turnoverKopecks, "en")}`,
    `Points  ${points(total.beforeCents)} → ${points(total.afterCents)}  (${signed(total.differenceCents)}, ${share(total.differenceCents, total.beforeCents)}); of turnover ${ofTurnover(total.beforeCents, turnoverKopecks)} → ${ofTurnover(total.afterCents, turnoverKopecks)}`,
    `Expected to be spent of the difference: ${signedMoney(simulation.expectedCostKopecks)}`,
    ...section("By funder", simulation.funders),
    ...section("By partner", simulation.partners),
    ...section("By level", simulation.levels),
    ...section("By segment", simulation.segments),
    ...section("By rule", simulation.rules),
    ...budgetLines(simulation),
    "",
    `Members  ${count(who.gaining)} gain ${points(who.gainedCents)}, ${count(who.losing)} lose ${points(who.lostCents)}, ${count(who.same)} the same`,
    ...(who.deciles.length === 0
      ? []
      : [`  deciles of a member's difference: ${who.deciles.map((cents) => signed(cents)).join("  ")}`]),
    ...histogramLines(simulation),
    ...spentLines(simulation),
    "",
    ...checkLines(simulation),
    "",
    "Held as it was:",
    ...simulation.heldFixed.map((line) => `  - ${line}`),
  ].join("\n");
}

function section(title: string, rows: readonly Row[]): string[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, MOST_ROWS);
  const most = Math.max(1, ...shown.map(({ differenceCents }) => Math.abs(differenceCents)));
  const width = Math.max(8, ...shown.map(({ id }) => id.length));
  const lines = shown.map(({ id, beforeCents, afterCents, differenceCents }) => {
    const length = Math.round((Math.abs(differenceCents) / most) * BAR);
    const bar = (differenceCents < 0 ? "░" : "█").repeat(length);
    return `  ${id.padEnd(width)} ${points(beforeCents).padStart(14)} → ${points(afterCents).padStart(14)} ${signed(differenceCents).padStart(13)} ${share(differenceCents, beforeCents).padStart(8)} ${bar}`.trimEnd();
  });
  const left = rows.length - shown.length;
  return ["", title, ...lines, ...(left > 0 ? [`  … ${count(left)} more`] : [])];
}

function budgetLines({ budgets }: Simulation): string[] {
  if (budgets.length === 0) return [];
  return [
    "",
    "Budgets (asked within the window)",
    ...budgets.map(({ cap, askedBeforeCents, askedAfterCents, limitCents, overruns, overCents, ranDryAt }) => {
      const over = overruns === 0 ? "" : `, over in ${count(overruns)} of its periods by ${points(overCents)}`;
      const dry = ranDryAt === undefined ? "" : `; dry from ${ranDryAt.slice(0, 16).replace("T", " ")} UTC`;
      return `  ${cap}: ${points(askedBeforeCents)} → ${points(askedAfterCents)}, limit ${points(limitCents)}${over}${dry}`;
    }),
  ];
}

function histogramLines({ who }: Simulation): string[] {
  const cells = who.histogram.filter(({ members }) => members > 0);
  const most = Math.max(1, ...cells.map(({ members }) => members));
  return cells.map(({ fromCents, toCents, members }) => {
    const range =
      fromCents === 0 && toCents === 1
        ? "0"
        : toCents === undefined
          ? `from ${signed(fromCents - 1)}`
          : `${signed(fromCents)} to ${signed(toCents - 1)}`;
    return `  ${range.padStart(26)} ${count(members).padStart(10)} ${"█".repeat(Math.round((members / most) * BAR))}`;
  });
}

function spentLines({ spent }: Simulation): string[] {
  if (spent.beforeCents === spent.afterCents) return [];
  return [
    `Points spent ${points(spent.beforeCents)} → ${points(spent.afterCents)}; ${count(spent.cutReceipts)} receipts could have spent less`,
  ];
}

const WHY = {
  budget: "a budget had cut them",
  deposit: "a deposit had run out",
  stopped: "earning was stopped",
  version: "another version was in force then",
  other: "for another reason: a rule stopped for a while, or what the feed has not brought yet",
} as const;

function checkLines({ check, receipts, base }: Simulation): string[] {
  const all = `${count(check.reproduced)} of ${count(receipts)} receipts priced again as they were give what was booked, to the hundredth of a point`;
  return [
    `Check: ${all}${base === "latest" ? " (base: the programme of now)" : ""}.`,
    ...check.deviations.map(
      ({ why, receipts: number, cents }) => `  ${count(number)} differ by ${signed(cents)}: ${WHY[why]}`,
    ),
    ...(check.unpriced > 0 ? [`  ${count(check.unpriced)} can't be priced: a store or category is not there`] : []),
    ...check.unfitVersions.map(
      ({ version, receipts: number }) =>
        `  ${count(number)} of version ${version} stay as they were: the patch does not fit that version`,
    ),
  ];
}

function signedMoney(kopecks: number): string {
  return `${kopecks < 0 ? "-" : ""}${numbers.moneyText(Math.abs(kopecks), "en")}`;
}

export function count(value: number): string {
  return value.toLocaleString("en-US");
}

export function points(cents: number): string {
  return (cents / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

export function signed(cents: number): string {
  return `${cents > 0 ? "+" : cents < 0 ? "-" : ""}${points(Math.abs(cents))}`;
}

export function share(difference: number, of: number): string {
  if (of === 0) return difference === 0 ? "0 %" : "new";
  const percent = (difference / of) * 100;
  return `${percent > 0 ? "+" : ""}${percent.toFixed(1)} %`;
}

function ofTurnover(cents: number, kopecks: number): string {
  return kopecks === 0 ? "0 %" : `${((cents / kopecks) * 100).toFixed(2)} %`;
}
