import { Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import { loadSurvivors } from "#domains/ledger/index.ts";
import { planOf } from "#domains/subscription/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { MAX_AMOUNT } from "#kernel/money.ts";
import { formatInstant } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { operation } from "#platform/http/operation.ts";
import { type Benefit, declaredBenefit, RECEIPTS } from "../benefit/declared-benefit.ts";
import { monthsBefore } from "../benefit/period.ts";
import { replayedBenefit } from "../benefit/replayed-benefit.ts";
import { readPurchases } from "../store/read-purchases.ts";
import { type SubscriptionHttpDeps, sender } from "./subscription-routes.ts";

const slug = Type.String({ minLength: 1, maxLength: 63, pattern: "^[a-z0-9][a-z0-9-]*$" });
const instant = (description: string) => Type.String({ format: "date-time", description });
const Sums = { withCents: Type.Integer(), withoutCents: Type.Integer() };
const BenefitFields = {
  plan: Type.String(),
  receipts: Type.Integer({ description: "How many were priced, twice." }),
  skipped: Type.Integer({ description: "How many the programme can't price any more." }),
  pointsWithCents: Type.Integer({ description: "Hundredths of a point." }),
  pointsWithoutCents: Type.Integer(),
  pointsKopecks: Type.Integer({ description: "What the difference is worth." }),
  deliveries: Type.Integer(),
  deliveryKopecks: Type.Integer({ description: "What free deliveries save." }),
  savingKopecks: Type.Integer({ description: "Both together." }),
  priceKopecks: Type.Integer({ description: "What the plan costs in that time." }),
  netKopecks: Type.Integer({ description: "Saving less price; below zero where it does not pay." }),
  rules: Type.Array(
    Type.Object({ rule: Type.String(), name: Type.Object({ ru: Type.String(), en: Type.String() }), ...Sums }),
  ),
  partners: Type.Array(Type.Object({ partner: Type.String(), ...Sums })),
};
const DeclaredSchema = Type.Object(
  {
    ...BenefitFields,
    assumed: Type.Object({ receiptsPerPartner: Type.Integer(), deliveriesPerPartner: Type.Integer() }),
  },
  { title: "DeclaredBenefit" },
);
const ReplayedSchema = Type.Object(
  {
    member: Type.String(),
    months: Type.Integer(),
    from: instant("The period."),
    until: instant("Exclusive."),
    ...BenefitFields,
  },
  { title: "ReplayedBenefit" },
);
const EXAMPLE = {
  plan: "dolka-plus",
  receipts: 14,
  skipped: 0,
  pointsWithCents: 66_000,
  pointsWithoutCents: 6_000,
  pointsKopecks: 60_000,
  deliveries: 6,
  deliveryKopecks: 59_400,
  savingKopecks: 119_400,
  priceKopecks: 19_900,
  netKopecks: 99_500,
  rules: [
    {
      rule: "plus-groceries",
      name: { ru: "на продукты по подписке", en: "on groceries with the subscription" },
      withCents: 60_000,
      withoutCents: 0,
    },
  ],
  partners: [{ partner: "kalitka", withCents: 38_500, withoutCents: 3_500 }],
};

export const benefitOperations = {
  createBenefitEstimate: operation({
    operationId: "createBenefitEstimate",
    tag: "Subscriptions",
    summary: "Calculate what a plan would bring in a month of declared spending",
    description:
      "The month is told as seven receipts at each partner, one on each day of the week, priced with the plan and without. Nothing is written. With a member, its level, favourites and boosts count.",
    params: Type.Object({ plan: Type.String({ description: "The plan's id." }) }),
    body: Type.Object(
      {
        spend: Type.Array(
          Type.Object(
            {
              partner: slug,
              category: slug,
              amountKopecks: Type.Integer({ minimum: 0, maximum: MAX_AMOUNT / 100, description: "In a month." }),
            },
            { additionalProperties: false },
          ),
          { minItems: 1, maxItems: 50 },
        ),
        deliveries: Type.Optional(
          Type.Array(
            Type.Object(
              {
                partner: slug,
                times: Type.Optional(
                  Type.Integer({ minimum: 0, maximum: 200, description: "In a month; the plan's usual if not said." }),
                ),
              },
              { additionalProperties: false },
            ),
            { maxItems: 50 },
          ),
        ),
        member: Type.Optional(Type.String({ description: "`mem_…`" })),
      },
      { additionalProperties: false, title: "DeclaredSpending" },
    ),
    status: 200,
    answer: DeclaredSchema,
    problems: ["no-programme", "unknown-plan", "unknown-member", "unknown-partner", "unknown-category"],
    example: {
      body: {
        spend: [
          { partner: "kalitka", category: "groceries", amountKopecks: 700_000 },
          { partner: "samobranka", category: "groceries", amountKopecks: 500_000 },
        ],
        deliveries: [{ partner: "kalitka" }, { partner: "samobranka" }],
      },
      answer: { ...EXAMPLE, assumed: { receiptsPerPartner: 7, deliveriesPerPartner: 3 } },
    },
  }),
  getSubscriptionBenefit: operation({
    operationId: "getSubscriptionBenefit",
    tag: "Subscriptions",
    summary: "Calculate what a plan would have brought on a member's own receipts of the last months",
    description:
      "Each receipt is priced with the programme and the member of its own time, with the plan and without, less what was returned.",
    params: Type.Object({ memberId: Type.String({ description: "`mem_…`" }) }),
    querystring: Type.Object(
      { plan: slug, months: Type.Integer({ minimum: 1, maximum: 12, default: 3 }) },
      { additionalProperties: false },
    ),
    status: 200,
    answer: ReplayedSchema,
    problems: ["no-programme", "unknown-plan", "unknown-member"],
    example: {
      answer: {
        member: "mem_000000000z8",
        months: 3,
        from: "2026-01-01T09:00:00.000Z",
        until: "2026-04-01T09:00:00.000Z",
        ...EXAMPLE,
      },
    },
  }),
};

export function benefitRoutes(deps: SubscriptionHttpDeps): (app: App) => void {
  return (app) => {
    declaredRoute(deps, app);
    replayedRoute(deps, app);
  };
}

function declaredRoute(deps: SubscriptionHttpDeps, app: App): void {
  const refuse = sender(deps);
  const schema = benefitOperations.createBenefitEstimate;
  app.post("/v1/subscription-plans/:plan/benefit", { schema }, async (request, reply) => {
    if (!deps.programmes.latest) return refuse(request, reply, { code: "no-programme" });
    const programme = deps.programmes.current();
    const plan = planOf(programme, request.params.plan);
    if (plan === undefined) return refuse(request, reply, unknownPlan(request.params.plan));
    const { spend, deliveries = [], member: id } = request.body;
    const member = id === undefined ? undefined : memberIds.parse(id);
    const may = member !== undefined && (await deps.maySeeMember(principalOf(request), member));
    const wallet = may ? (await loadSurvivors(deps.pool, [member])).get(member)?.wallet : undefined;
    if (id !== undefined && wallet === undefined) return refuse(request, reply, { code: "unknown-member" });
    const told = declaredBenefit(plan, { spend, deliveries }, programme, wallet?.traits ?? [], deps.clock.now());
    if (!told.ok) return refuse(request, reply, told.failure);
    const assumed = { receiptsPerPartner: RECEIPTS, deliveriesPerPartner: plan.delivery?.usual ?? 0 };
    reply.send({ ...benefitJson(deps, plan.id, told.value), assumed });
  });
}

function replayedRoute(deps: SubscriptionHttpDeps, app: App): void {
  const refuse = sender(deps);
  const { pool, programmes, clock } = deps;
  const schema = benefitOperations.getSubscriptionBenefit;
  app.get("/v1/members/:memberId/subscription-benefit", { schema }, async (request, reply) => {
    if (!programmes.latest) return refuse(request, reply, { code: "no-programme" });
    const named = memberIds.parse(request.params.memberId);
    const may = named !== undefined && (await deps.maySeeMember(principalOf(request), named));
    const wallet = may ? (await loadSurvivors(pool, [named])).get(named)?.wallet : undefined;
    if (wallet === undefined) return refuse(request, reply, { code: "unknown-member" });
    const { plan: id, months } = request.query;
    const programme = programmes.current();
    const plan = planOf(programme, id);
    if (plan === undefined) return refuse(request, reply, unknownPlan(id));
    const untilAt = clock.now();
    const fromAt = monthsBefore(untilAt, months, programme.calendar);
    const purchases = await readPurchases(pool, wallet.member, fromAt, untilAt);
    const told = replayedBenefit(plan, purchases, wallet, programmes, { months, fromAt, untilAt });
    reply.send({
      member: memberIds.format(wallet.member),
      months,
      from: formatInstant(fromAt),
      until: formatInstant(untilAt),
      ...benefitJson(deps, plan.id, told),
    });
  });
}

function unknownPlan(value: string) {
  return { code: "unknown-plan", pointer: "/plan", value };
}

function benefitJson({ programmes }: SubscriptionHttpDeps, plan: string, benefit: Benefit) {
  const programme = programmes.current();
  const { withCents, withoutCents, rules, partners, ...sums } = benefit;
  const nameOf = (rule: string) => programme.rules.get(rule)?.name ?? { ru: rule, en: rule };
  return {
    plan,
    receipts: sums.receipts,
    skipped: sums.skipped,
    pointsWithCents: withCents,
    pointsWithoutCents: withoutCents,
    pointsKopecks: sums.pointsKopecks,
    deliveries: sums.deliveries,
    deliveryKopecks: sums.deliveryKopecks,
    savingKopecks: sums.savingKopecks,
    priceKopecks: sums.priceKopecks,
    netKopecks: sums.netKopecks,
    rules: rules.map((each) => ({ ...each, name: nameOf(each.rule) })),
    partners: [...partners],
  };
}
