import type { Pool } from "pg";
import { programmeFile } from "./programme.ts";

/** What the checkout has to carry at once: most of it is not the member's who stands at the till. */
export const FULL = { missions: 70, offers: 30, held: 3, budgets: 10, velocity: 20 } as const;

const CATEGORIES = ["bread", "dairy", "fish", "tea", "food", "home", "pets"];
const FUNDERS = ["alfa", "bravo", "charlie"];

/**
 * The bench's programme with a hundred live missions and offers, ten budgets that every receipt hits, and velocity rules. Missions
 * are what they become once approved: a boost, a rule that asks for it, its caps.
 */
export function fullProgrammeFile(isWithVelocity: boolean): { readonly text: string; readonly name: string } {
  const boosts: string[] = [];
  const caps: string[] = [];
  const rules: string[] = [];
  for (let i = 0; i < FULL.missions + FULL.offers; i++) {
    const id = boostOf(i);
    const isMission = i < FULL.missions;
    boosts.push(`  ${id}: { name: ${id} }`);
    caps.push(`  ${id}-month: { name: most of ${id} a month, per: month, limit: 100000 points }`);
    const category = isMission ? `category: [${CATEGORIES[i % 7]}, ${CATEGORIES[(i + 3) % 7]}], ` : "";
    const earn = isMission ? `${1 + (i % 9)}%` : i % 2 === 0 ? "2%" : "5 points";
    rules.push(
      `  ${id}: { name: for ${id}, when: { partner: alfa, ${category}boost: ${id} }, earn: ${earn}, funders: ${fundersOf(i)}, priority: 60, caps: [${id}-month] }`,
    );
  }
  for (const { id, rest } of BUDGETS) {
    caps.push(`  ${id}: { name: ${id}, limit: 9000000000 points, of: everyone, appliesTo: all, ${rest} }`);
  }
  const { text } = programmeFile();
  return {
    name: "full.yaml",
    text: `${text
      .replace("\ncaps:\n", `\nboosts:\n${boosts.join("\n")}\n\ncaps:\n${caps.join("\n")}\n`)
      .replace("\nrules:\n", `\nrules:\n${rules.join("\n")}\n`)}${isWithVelocity ? velocity() : ""}`,
  };
}

/** Counted for everybody: by day and for good, of one partner's receipts, of one funder's points. */
export const BUDGETS: readonly { readonly id: string; readonly rest: string; readonly funder?: string }[] = [
  { id: "budget-day", rest: "per: day" },
  { id: "budget-week", rest: "per: week" },
  { id: "budget-month", rest: "per: month" },
  { id: "budget-year", rest: "per: year" },
  { id: "budget-all", rest: "per: member" },
  { id: "budget-partner", rest: "per: day, countedBy: partner" },
  { id: "budget-alfa", rest: "per: month, partner: alfa" },
  ...FUNDERS.map((funder) => ({ id: `budget-by-${funder}`, rest: `per: day, funder: ${funder}`, funder })),
];

function fundersOf(i: number): string {
  return i % 3 === 0 ? (FUNDERS[i % 2] as string) : `{ alfa: ${1 + (i % 4)}, charlie: 1 }`;
}

/** Not the ids that approved missions and offers get: whoever sees to those would take away what has no mission behind it. */
function boostOf(i: number): string {
  return i < FULL.missions ? `task-${i}` : `deal-${i}`;
}

/** None of them is reached, also by a store of a thousand receipts a second: what is measured is that they are counted. */
function velocity(): string {
  const of = ["member", "card", "store", "till", "[member, store]"];
  const limits = ["900000 times", "9000000000 RUB", "9000000000 points", "900000 times"];
  const rules = Array.from({ length: FULL.velocity }, (_, i) => {
    const within = i % 2 === 0 ? "1 hour" : "24 hours";
    return `  velocity-${i}: { name: v${i}, of: ${of[i % 5]}, limit: ${limits[Math.floor(i / 5)]}, within: ${within}, action: allow }`;
  });
  return `\nvelocity:\n${rules.join("\n")}\n`;
}

/** A few boosts for each of the members from `first` to `last`, spread over all of them. Once. */
export async function giveBoosts(pool: Pool, first: number, last: number): Promise<void> {
  await pool.query(
    `insert into member_trait (bucket, member_id, kind, key, valid_from)
     select w.bucket, w.member_id, 'boost', b.key, now() - interval '1 hour'
     from wallet w cross join generate_series(0, $3 - 1) as k
     cross join lateral (select ($4::text[])[1 + (w.member_id * 7 + k * 33) % cardinality($4::text[])] as key) as b
     where w.member_id between $1 and $2
     order by w.bucket, w.member_id on conflict do nothing`,
    [first, last, FULL.held, Array.from({ length: FULL.missions + FULL.offers }, (_, i) => boostOf(i))],
  );
  await pool.query("vacuum analyze member_trait");
}

/** Receipts that velocity rules had something to say about. */
export async function countAlerts(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ alerts: number }>("select count(*)::int as alerts from guard_alert");
  return rows[0]?.alerts ?? 0;
}

export type BudgetCheck = { readonly budgets: number; readonly isEqual: boolean; readonly postedCents: number };

/** Whether each budget counts what the operations posted under the full programme's versions gave. */
export async function checkBudgets(pool: Pool, versions: readonly number[]): Promise<BudgetCheck> {
  const { rows: posted } = await pool.query<{ funder: string; cents: number }>(
    `select m ->> 4 as funder, sum((m ->> 6)::int8)::int8 as cents
     from operation, json_array_elements(movements) as m
     where kind = 'purchase' and programme_version = any($1) and m ->> 0 = 'ob' group by 1`,
    [versions],
  );
  const { rows: used } = await pool.query<{ cap: string; cents: number }>(
    `select split_part(substr(b.key, 3), '|', 1) as cap, sum(b.settled_cents + coalesce(l.used, 0))::int8 as cents
     from budget b left join lateral (
       select sum(used_cents) as used from budget_lease where key = b.key and is_open) l on true
     where starts_with(b.key, 'b:') group by 1`,
  );
  const all = posted.reduce((sum, { cents }) => sum + cents, 0);
  const counted = new Map(used.map(({ cap, cents }) => [cap, cents]));
  const isEqual = BUDGETS.every(({ id, funder }) => {
    const expected = funder === undefined ? all : (posted.find((each) => each.funder === funder)?.cents ?? 0);
    return (counted.get(id) ?? 0) === expected;
  });
  return { budgets: counted.size, isEqual, postedCents: all };
}
