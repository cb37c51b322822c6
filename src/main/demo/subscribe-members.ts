import { loadProgrammes } from "#domains/program/index.ts";
import { createCheckout, type Principal } from "#flows/checkout/index.ts";
import { type SubscribeRequest, subscribe } from "#flows/subscription/index.ts";
import { createFindMember } from "#main/http/find-member.ts";
import { identifierSecret } from "#main/identifier-secret.ts";
import { paymentProvider } from "#main/payment-provider.ts";
import { demoCity } from "./fill-demo-city.ts";
import type { DemoStep } from "./step.ts";

const BUYERS = 24;
const DEMO: Principal = { keyId: "demo", role: "operator" };

/** How they pay, in turns: by card, on trial, with a code, with a payment that the bank has not confirmed yet. */
const WAYS: readonly Partial<SubscribeRequest>[] = [
  { token: "tok_ok" },
  { token: "tok_ok", trial: true },
  { token: "tok_ok", promoCode: "DOLKA99" },
  { token: "tok_first_1" },
  { token: "tok_ok", trial: true, promoCode: "DOLKA99" },
  { token: "tok_waits" },
];

/** Some members of the city buy Dolka Plus today. Repeated, each is a replay. */
export const subscribeMembers: DemoStep = {
  name: "demo subscriptions",
  async run({ home, pool, clock }) {
    const programmes = await loadProgrammes({ pool, clock });
    const secret = identifierSecret(home);
    const find = createFindMember(pool, secret, programmes, clock);
    const checkout = createCheckout({ pool, clock, programmes, identifierSecret: secret });
    const deps = { pool, clock, programmes, checkout, provider: paymentProvider(home, clock) };
    let bought = 0;
    for (const person of demoCity(clock).members()) {
      if (bought === BUYERS) break;
      if (person.subscription !== undefined || person.joinedAt > clock.now()) continue;
      const found = await find(DEMO, "card", person.card);
      if (found === undefined) continue;
      const way = WAYS[bought % WAYS.length] as Partial<SubscribeRequest>;
      const request = { member: found.member, plan: "dolka-plus", trial: false, idempotencyKey: "demo", ...way };
      const outcome = await subscribe(deps, request);
      if (!outcome.ok && outcome.failure.code !== "already-subscribed") {
        throw new Error(`The demo's subscription was refused: ${outcome.failure.code}`);
      }
      bought++;
    }
    await checkout.drain();
  },
};
