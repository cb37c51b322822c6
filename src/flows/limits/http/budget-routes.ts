import type { Pool } from "pg";
import { Type } from "typebox";
import { listBudgets } from "#domains/limits/index.ts";
import { BUDGET_PREFIX } from "#domains/program/index.ts";
import type { App } from "#platform/http/app.ts";
import { readCursor, writeCursor } from "#platform/http/cursor.ts";
import { badCursor } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import { refuseFields } from "#platform/http/validation.ts";

const BudgetSchema = Type.Object(
  {
    cap: Type.String({ description: "The cap of the programme that is the budget; `mission-ID-budget` of a mission." }),
    period: Type.String({ description: "`all`, or the day, week, month, year or campaign that is counted." }),
    place: Type.Optional(Type.String({ description: "The partner, brand or store, where each is counted apart." })),
    limitCents: Type.Integer({ description: "Hundredths of a point." }),
    usedCents: Type.Integer({ description: "Given by operations that are posted." }),
    givenBackCents: Type.Integer({
      description: "Given back by returns (`policies.budgetReturn`): may be used again.",
    }),
    leasedCents: Type.Integer({ description: "Leased by running processes, not used yet; recalled before a refusal." }),
  },
  { title: "Budget" },
);

export const budgetOperation = operation({
  operationId: "listBudgets",
  tag: "Programme",
  summary: "List budgets and what is used of them",
  querystring: Type.Object(
    {
      cap: Type.Optional(Type.String({ maxLength: 63, pattern: "^[a-z0-9-]+$", description: "Only this cap's." })),
      limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
      cursor: Type.Optional(Type.String({ maxLength: 300, pattern: "^[A-Za-z0-9_-]+$" })),
    },
    { additionalProperties: false },
  ),
  status: 200,
  answer: Type.Object({ items: Type.Array(BudgetSchema), next: Type.Optional(Type.String()) }, { title: "BudgetPage" }),
  problems: [],
  example: {
    answer: {
      items: [
        {
          cap: "mission-card-budget",
          period: "all",
          limitCents: 2_000_000,
          usedCents: 125_000,
          givenBackCents: 0,
          leasedCents: 30_000,
        },
      ],
    },
  },
});

/** What is left of limits that everybody shares. */
export function budgetRoute({ pool }: { readonly pool: Pool }): (app: App) => void {
  return (app) => {
    app.get("/v1/budgets", { schema: budgetOperation }, async (request, reply) => {
      const { cap, limit, cursor } = request.query;
      const after = cursor === undefined ? [""] : readCursor(cursor, ["text"]);
      if (after === undefined) throw refuseFields([{ in: "query", ...badCursor("/cursor") }]);
      const prefix = cap === undefined ? BUDGET_PREFIX : `${BUDGET_PREFIX}${cap}|`;
      const rows = await listBudgets(pool, { after: String(after[0]), prefix, limit: limit + 1 });
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      reply.send({
        items: items.map(({ key, ...sums }) => ({ ...named(key), ...sums })),
        ...(rows.length > limit && last ? { next: writeCursor([last.key]) } : {}),
      });
    });
  };
}

function named(key: string): { cap: string; period: string; place?: string } {
  const [cap = "", period = "", place] = key.slice(BUDGET_PREFIX.length).split("|");
  return { cap, period, ...(place === undefined ? {} : { place }) };
}
