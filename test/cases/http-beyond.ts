import assert from "node:assert/strict";
import { formatInstant } from "#kernel/time.ts";
import type { Answer, Client, HttpSurroundings, Json, Read } from "./http-system.ts";
import type { BeyondLedger } from "./system.ts";

export type BeyondDeps = {
  readonly around: HttpSurroundings;
  readonly client: Client;
  readonly read: Read;
  readonly memberId: (name: string) => Promise<string>;
  readonly cardOf: (name: string) => Json;
  /** The warehouse has all, and an open month shows it. */
  readonly catchUp: () => Promise<void>;
};

/** Merges, erasure and missions through their doors. */
export function beyondLedger(deps: BeyondDeps): BeyondLedger {
  const { around, client, read, memberId, cardOf, catchUp } = deps;
  const operator = () => around.operatorKey();
  return {
    merge: async (survivor, merged) => {
      const body = { with: await memberId(merged), note: "one person" };
      accepted(await client.post(`/v1/members/${await memberId(survivor)}/merge`, await operator(), body));
    },
    unmerge: async (merged) => {
      accepted(await client.post(`/v1/members/${await memberId(merged)}/unmerge`, await operator(), { note: "two" }));
    },
    erase: async (member) => {
      accepted(await client.delete(`/v1/members/${await memberId(member)}`, await operator()));
    },
    isKnown: async (member) => {
      const byId = await client.get(`/v1/members/${await memberId(member)}`, await operator());
      const byCard = await client.post("/v1/members/lookup", await operator(), cardOf(member));
      for (const { status } of [byId, byCard]) assert.ok(status === 200 || status === 404, String(status));
      return byId.status === 200 || byCard.status === 200;
    },
    publish: async (mission, document) => {
      const path = `/v1/missions/${mission}`;
      const partner = await around.partnerKey(document.partner);
      accepted(await client.put(path, partner, document));
      accepted(await client.post(`${path}/forecast`, partner, {}));
      accepted(await client.post(`${path}/approve`, await operator(), {}));
      await around.work();
    },
    tell: async (partner, type, member, id) => {
      await memberId(member);
      const body = { partner, id, type, member: cardOf(member), at: formatInstant(around.now()), data: {} };
      accepted(await client.post("/v1/events", await around.partnerKey(partner), body));
      await around.work();
    },
    subscribe: async (member, plan) => {
      const path = `/v1/members/${await memberId(member)}/subscriptions`;
      accepted(await client.post(path, await operator(), { plan, paymentToken: "tok_ok" }, `${plan}-of-${member}`));
    },
    progress: async (member, mission) => {
      const { ladders } = await read(`/v1/members/${await memberId(member)}/ladder`);
      const rungs = (ladders as { rungs: Json[] }[]).flatMap((ladder) => ladder.rungs);
      const rung = rungs.find((each) => each.mission === mission);
      return Number((rung?.steps as Json[] | undefined)?.[0]?.value);
    },
    fees: async (month) => {
      await catchUp();
      const { fees } = await read(`/v1/settlements/${month}`);
      const sums = new Map<string, number>();
      for (const { partner, amountKopecks } of fees as { partner: string; amountKopecks: number }[]) {
        sums.set(partner, (sums.get(partner) ?? 0) + amountKopecks);
      }
      return sums;
    },
    ended: async (funder, month) => {
      await catchUp();
      const { balances } = await read(`/v1/settlements/${month}`);
      const own = (balances as Json[]).find((each) => each.funder === funder);
      return { expiredCents: Number(own?.expiredCents ?? 0), takenBackCents: Number(own?.takenBackCents ?? 0) };
    },
  };
}

function accepted({ status, body }: Answer): void {
  assert.ok(status >= 200 && status < 300, `${status}: ${JSON.stringify(body)}`);
}
