import type { Assumption, AssumptionKey, AssumptionSource, Range } from "./types.ts";

export type Grounds = {
  readonly sampled: number;
  readonly found: number;
  readonly hits: number;
  readonly members: number;
  readonly days: number;
  readonly finished: number;
  /** Of what comes before: what its forecasts expect. */
  readonly expectedBp: number;
  readonly replayed: number;
};

type Sentences = Readonly<Record<AssumptionSource, (grounds: Grounds) => readonly [ru: string, en: string]>>;

const stated = () => ["указал автор", "stated by its author"] as const;
const learnt = ({ finished }: Grounds) =>
  [`по завершённым заданиям: ${finished}`, `learnt of finished missions: ${finished}`] as const;
const prior = () =>
  [
    "завершённых заданий ещё нет: исходное предположение",
    "no mission has finished yet: taken as likely beforehand",
  ] as const;
const counted = ({ found, sampled }: Grounds) =>
  [`${found} из ${sampled} просмотренных участников`, `${found} of ${sampled} members looked at`] as const;

const WHAT: Readonly<Record<AssumptionKey, readonly [ru: string, en: string]>> = {
  audience: ["Участников, которым задание открыто", "Members whom the mission is open to"],
  ready: ["Из них выполнят то, что идёт раньше", "Of these, who will have done what comes before"],
  natural: ["Сделали бы это и без задания", "Would do it without the mission"],
  won: ["Из остальных сделают благодаря заданию", "Of the others, do it because of the mission"],
  spend: ["Получат от того, что дают их прежние чеки", "Earn by the reward, of what their past receipts give"],
};

const SOURCES: Readonly<Record<AssumptionKey, Sentences>> = {
  audience: { measured: counted, learnt, prior, stated },
  ready: {
    measured: ({ found, sampled, expectedBp }) => [
      `пока ${found} из ${sampled}, прогнозы прежних заданий обещают ${share(expectedBp, ",")} %`,
      `${found} of ${sampled} by now, forecasts of what comes before expect ${share(expectedBp, ".")} %`,
    ],
    ...{ learnt, prior, stated },
  },
  natural: {
    measured: ({ hits, members, days }) => [
      `за ${days} дн. сделали ${hits} из ${members}`,
      `${hits} of ${members} did in ${days} days`,
    ],
    ...{ learnt, prior, stated },
  },
  won: { measured: counted, learnt, prior, stated },
  spend: { measured: counted, learnt, prior, stated },
};

/** An assumption with the sentence that tells where it is from. */
export function told(key: AssumptionKey, source: AssumptionSource, range: Range, grounds: Grounds): Assumption {
  const unit = key === "audience" ? ("members" as const) : ("bp" as const);
  const [ru, en] = SOURCES[key][source](grounds);
  const [whatRu, whatEn] = WHAT[key];
  const amounts = (decimal: string, to: string) => {
    const show = (value: number) => (unit === "members" ? String(value) : `${share(value, decimal)} %`);
    if (range.low === range.high) return show(range.expected);
    return `${show(range.expected)} (${show(range.low)} ${to} ${show(range.high)})`;
  };
  return {
    ...range,
    unit,
    source,
    text: { ru: `${whatRu}: ${amounts(",", "–")}; ${ru}.`, en: `${whatEn}: ${amounts(".", "to")}; ${en}.` },
  };
}

/** Basis points as a percentage. */
function share(bp: number, decimal: string): string {
  return String(bp / 100).replace(".", decimal);
}
