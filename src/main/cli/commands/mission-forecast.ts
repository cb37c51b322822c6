import type { AssumptionKey, Range, Stated, StoredMission } from "#domains/missions/index.ts";
import { failure } from "../command.ts";
import { formatCount, formatPoints, formatRoubles } from "../format.ts";

const what = (description: string) => ({ type: "string", placeholder: "LOW,EXPECTED,HIGH", description }) as const;

/** What a marketer may state, each as three values that hold the true one in 80 of 100 cases. */
export const ASSUMPTION_OPTIONS = {
  audience: what("members whom the mission is open to"),
  ready: what("of these, who will have done what comes before: 10%,20%,40%"),
  natural: what("who would do it without the mission"),
  won: what("of the others, who do it because of the mission"),
  spend: what("what doers earn, of what their past receipts give: 90%,110%,140%"),
} as const;

const KEYS = Object.keys(ASSUMPTION_OPTIONS) as AssumptionKey[];

export function statedOf(values: Readonly<Partial<Record<AssumptionKey, string>>>): Stated {
  const stated: Partial<Record<AssumptionKey, Range>> = {};
  for (const key of KEYS) {
    const text = values[key];
    if (text !== undefined) stated[key] = rangeOf(key, text);
  }
  return stated;
}

function rangeOf(key: AssumptionKey, text: string): Range {
  const isCount = key === "audience";
  const pattern = isCount ? /^\d{1,9}$/ : /^\d{1,4}(\.\d{1,2})?%$/;
  const parts = text.split(",").map((part) => part.trim());
  const values = parts.map((part) => (isCount ? Number(part) : Math.round(Number(part.replace("%", "")) * 100)));
  const [low, expected, high] = values;
  const isMost = isCount || key === "spend" || values.every((value) => value <= 10_000);
  if (
    low === undefined ||
    expected === undefined ||
    high === undefined ||
    values.length > 3 ||
    !parts.every((part) => pattern.test(part)) ||
    !(low <= expected && expected <= high && isMost)
  ) {
    const example = isCount ? "9000,10000,12000" : "1%,3%,6%";
    throw failure.badUsage(`--${key} needs three values from low to high, such as ${example}.`);
  }
  return { low, expected, high };
}

/** A forecast for a person at a terminal: what is expected, then what that rests on. */
export function forecastText({ id, forecast }: StoredMission): string {
  if (forecast?.coverageBp === undefined) return `${id}: no forecast`;
  const range = ({ low, expected, high }: Range, show: (value: number) => string) =>
    `${show(expected)} (${show(low)} to ${show(high)})`;
  const { participants, completions, wonCompletions, pointsCents, byFunder, byPartner, assumptions } = forecast;
  const begun = participants.expected === completions.expected ? [] : [["begin it", range(participants, formatCount)]];
  const rows = [
    ...begun,
    ["do it", `${range(completions, formatCount)}, of whom won ${range(wonCompletions, formatCount)}`],
    ["points", `${range(pointsCents, formatPoints)}${budgetText(forecast)}`],
    ...Object.entries(byFunder).map(([funder, of]) => [`  paid by ${funder}`, range(of, formatPoints)]),
    ...Object.entries(byPartner).map(([partner, of]) => [`  earned at ${partner}`, range(of, formatPoints)]),
    ["fees", range(forecast.feeKopecks, formatRoubles)],
    ["operator, net", range(forecast.operatorResultKopecks, formatRoubles)],
  ] as [string, string][];
  return [
    `${id}: between the values in brackets in ${forecast.coverageBp / 100} of 100 cases`,
    ...rows.map(([name, value]) => `  ${name.padEnd(26)} ${value}`),
    "  It rests on:",
    ...Object.values(assumptions).map(({ text }) => `    ${text.en}`),
  ].join("\n");
}

function budgetText({ exceedsBudget, budgetChanceBp }: NonNullable<StoredMission["forecast"]>): string {
  if (exceedsBudget) return "; more is expected than the budget has";
  return budgetChanceBp > 0 ? `; the budget runs out with a chance of ${budgetChanceBp / 100} %` : "";
}
