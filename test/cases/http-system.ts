import assert from "node:assert/strict";
import { type EpochMs, formatInstant, parseInstant } from "#kernel/time.ts";
import { beyondLedger } from "./http-beyond.ts";
import { storeOf, toYaml } from "./programme-yaml.ts";
import type { CellSeen, HoldSeen, LotSeen, ReceiptAsked, ReceiptSeen, Seen, System } from "./system.ts";

/** What surrounds the API in a test: where it is, who may ask, and what has no door yet. */
export type HttpSurroundings = {
  readonly baseUrl: string;
  setTime(now: EpochMs): void;
  now(): EpochMs;
  /** `dolka apply`. */
  applyProgramme(yaml: string): Promise<void>;
  /** A key of a till of this partner. */
  tillKey(partner: string): Promise<string>;
  operatorKey(): Promise<string>;
  /** A key of a partner's marketer. */
  partnerKey(partner: string): Promise<string>;
  /** What the worker does all the time: moves all that is posted to the warehouse. */
  feed(): Promise<void>;
  /** What the worker does for funders and missions all the time. */
  work(): Promise<void>;
  /** `dolka verify`. */
  verify(): Promise<string[]>;
};

export type Json = Record<string, unknown>;
export type Answer = { readonly status: number; readonly replayed: boolean; readonly body: Json };

/** The reference cases through the API's doors: JSON in, JSON out, keys of tills and of the operator. */
export function createHttpSystem(around: HttpSurroundings): System {
  const members = new Map<string, string>();
  const client = createClient(around.baseUrl);

  /** A member is whoever a card has been shown for; the first receipt neither earns nor spends. */
  const memberId = async (name: string): Promise<string> => {
    const known = members.get(name);
    if (known) return known;
    const at = formatInstant(around.now());
    const place = { partner: "alfa", store: storeOf("alfa"), till: "9", number: `joins-${name}` };
    const body = { ...place, at, member: cardOf(name), lines: [{ category: "joining", amount: 100 }] };
    const joined = await client.post("/v1/receipts", await around.tillKey("alfa"), body);
    assert.equal(joined.status, 201, JSON.stringify(joined.body));
    const id = joined.body.member as string;
    members.set(name, id);
    return id;
  };
  const read = async (path: string): Promise<Json> => {
    const answer = await client.get(path, await around.operatorKey());
    // A month in which nothing happened has no settlement: that reads as an empty one.
    if (answer.status === 404 && path.startsWith("/v1/settlements/")) return { items: [], net: [], balances: [] };
    assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };

  return {
    name: "HTTP on real engines",
    setTime: async (now) => around.setTime(now),
    applyProgramme: (programme) => around.applyProgramme(toYaml(programme)),
    receipt: async (asked) => {
      await memberId(asked.member);
      const answer = await client.post("/v1/receipts", await around.tillKey(asked.partner), receiptJson(asked));
      return seen(answer, 201, readReceipt);
    },
    returnReceipt: async (asked) => {
      const lines =
        asked.lines === "all" ? undefined : asked.lines.map((one) => ({ line: one.line, amount: one.amountKopecks }));
      const body = {
        store: storeOf(asked.partner),
        till: "1",
        number: asked.number,
        at: formatInstant(asked.at),
        ...(lines ? { lines } : { all: true }),
        ...(asked.refund ? { refund: asked.refund } : {}),
      };
      const answer = await client.post(
        `/v1/receipts/${asked.receipt}/returns`,
        await around.tillKey(asked.partner),
        body,
      );
      return seen(answer, 201, (json) => ({
        takenBackCents: Number(json.takenBack),
        givenBackCents: Number(json.givenBack),
        arrearsCents: Number(json.arrears),
        expiredCents: Number(json.expired),
        refundKopecks: Number(json.refundKopecks),
      }));
    },
    hold: async ({ key, member, partner, pointsCents, ttlSeconds }) => {
      const body = { partner, member: { id: await memberId(member) }, pointsCents, ttlSeconds };
      return seen(await client.post("/v1/holds", await around.tillKey(partner), body, key), 201, readHold);
    },
    capture: async ({ key, hold, pointsCents }) => {
      const path = `/v1/holds/${hold}/capture`;
      return seen(await client.post(path, await around.operatorKey(), { pointsCents }, key), 200, readHold);
    },
    voidHold: async ({ key, hold }) => {
      const path = `/v1/holds/${hold}/void`;
      return seen(await client.post(path, await around.operatorKey(), undefined, key), 200, readHold);
    },
    award: async ({ key, member, funder, pointsCents, expiresAt }) => {
      const expiry = expiresAt === undefined ? {} : { expiresAt: formatInstant(expiresAt) };
      const body = { member: { id: await memberId(member) }, pointsCents, funder, reason: "case", ...expiry };
      const answer = await client.post("/v1/awards", await around.operatorKey(), body, key);
      return seen(answer, 201, (json) => ({ earnedCents: Number(json.earned) }));
    },
    closeMonth: async (month) => {
      const key = await around.operatorKey();
      const asked = await client.post(`/v1/settlements/${month}/close`, key);
      if (asked.status !== 202) return seen(asked, 202, () => undefined);
      for (;;) {
        await around.feed();
        const job = await read(`/v1/jobs/${asked.body.id}`);
        if (job.state === "done") return { ok: true, replayed: false, value: undefined };
        assert.ok(job.state === "running" || job.state === "waiting", JSON.stringify(job));
      }
    },
    ...reads(read, memberId),
    ...settlement(read, around),
    deposit: async ({ key, funder, amountKopecks }) => {
      const path = `/v1/funders/${funder}/deposits`;
      return seen(await client.post(path, await around.operatorKey(), { amountKopecks }, key), 201, () => undefined);
    },
    work: () => around.work(),
    exposure: async (funder, redemptionBp) => {
      const json = await read(`/v1/funders/${funder}?redemptionBp=${redemptionBp}`);
      const cover = json.cover as Json | undefined;
      return {
        outstandingCents: Number(json.outstandingCents),
        unsettledCents: Number(json.unsettledCents),
        expectedClaimCents: Number(json.expectedClaimCents),
        ...(cover ? { cover: { leftCents: Number(cover.leftCents), state: cover.state as "ok" } } : {}),
      };
    },
    verify: () => around.verify(),
    beyond: beyondLedger({ around, client, read, memberId, cardOf, catchUp: () => catchUp(around) }),
  };
}

export type Read = (path: string) => Promise<Json>;

function reads(
  read: Read,
  memberId: (name: string) => Promise<string>,
): Pick<System, "wallet" | "lots" | "operations"> {
  return {
    wallet: async (name) => {
      const json = await read(`/v1/members/${await memberId(name)}/wallet`);
      const arrears = json.arrears as readonly { funder: string; cents: number }[];
      const arrearsTo = new Map<string, number>();
      for (const { funder, cents } of arrears) arrearsTo.set(funder, (arrearsTo.get(funder) ?? 0) + cents);
      const sums = ["activeCents", "pendingCents", "heldCents", "arrearsCents"] as const;
      const [activeCents, pendingCents, heldCents, arrearsCents] = sums.map((each) => Number(json[each])) as [
        number,
        number,
        number,
        number,
      ];
      return { activeCents, pendingCents, heldCents, arrearsCents, arrearsTo };
    },
    lots: async (name) => {
      const items = await readAll(read, `/v1/members/${await memberId(name)}/lots`, "open=true");
      return items.map(
        (lot): LotSeen => ({
          funder: String(lot.funder),
          remainingCents: Number(lot.remaining),
          heldCents: Number(lot.held),
          expiresAt: lot.expiresAt === undefined ? null : (parseInstant(String(lot.expiresAt)) as number),
        }),
      );
    },
    operations: async (name) => {
      const items = await readAll(read, `/v1/members/${await memberId(name)}/operations`, "limit=200");
      // Newest first, and the oldest is the receipt that the member joined with.
      const own = items.reverse().slice(1);
      return own.map((one) => ({
        kind: String(one.kind),
        at: parseInstant(String(one.at)) as number,
        accountingDay: String(one.accountingDay),
      }));
    },
  };
}

/** An open month is shown as it was some seconds ago: so the clock goes on by more than that before it is read. */
const SHOWN_LATE_MS = 10_000;

async function catchUp(around: HttpSurroundings): Promise<void> {
  await around.feed();
  around.setTime(around.now() + SHOWN_LATE_MS);
}

function settlement(read: Read, around: HttpSurroundings): Pick<System, "matrix" | "net" | "outstanding"> {
  return {
    matrix: async (month) => {
      await catchUp(around);
      const cells = new Map<string, CellSeen>();
      for (const line of await readAll(read, `/v1/settlements/${month}/lines`, "limit=100")) {
        const [funder, redeemer] = [String(line.funder), String(line.redeemer)];
        const cell = `${funder} ${redeemer}`;
        cells.set(cell, { funder, redeemer, cents: (cells.get(cell)?.cents ?? 0) + Number(line.pointsCents) });
      }
      return [...cells.values()].filter((cell) => cell.cents !== 0);
    },
    net: async (month) => {
      await catchUp(around);
      const { net } = await read(`/v1/settlements/${month}`);
      return new Map((net as Json[]).map((one) => [String(one.partner), Number(one.netKopecks)]));
    },
    outstanding: async (funder) => {
      await catchUp(around);
      const month = formatInstant(around.now()).slice(0, 7);
      const { balances } = await read(`/v1/settlements/${month}`);
      const found = (balances as Json[]).find((one) => one.funder === funder);
      return {
        outstandingCents: Number(found?.outstandingCents ?? 0),
        expectedClaimCents: Number(found?.expectedClaimCents ?? 0),
      };
    },
  };
}

function receiptJson(asked: ReceiptAsked): Json {
  return {
    partner: asked.partner,
    store: storeOf(asked.partner),
    till: asked.till ?? "1",
    number: asked.number,
    at: formatInstant(asked.at),
    member: cardOf(asked.card ?? asked.member),
    lines: asked.lines.map(({ category, amountKopecks }) => ({ category, amount: amountKopecks })),
    ...(asked.spendCents === 0 ? {} : { spend: asked.spendCents }),
    ...(asked.hold === undefined ? {} : { hold: asked.hold }),
  };
}

function cardOf(name: string): Json {
  return { kind: "card", value: `card of ${name}` };
}

function readReceipt(json: Json): ReceiptSeen {
  const rules = new Map<string, number>();
  for (const { rule, points } of json.rules as readonly { rule: string; points: number }[]) {
    rules.set(rule, (rules.get(rule) ?? 0) + points);
  }
  return {
    receipt: String(json.receiptId),
    earnedCents: Number(json.earned),
    reservedCents: Number(json.reserved ?? 0),
    spentCents: Number(json.spent),
    rules,
  };
}

function readHold(json: Json): HoldSeen {
  return { hold: String(json.hold), state: String(json.state) };
}

function seen<T>(answer: Answer, expected: number, readBody: (json: Json) => T): Seen<T> {
  const { status, replayed, body } = answer;
  if (status === expected) return { ok: true, replayed, value: readBody(body) };
  assert.ok(status >= 400 && status < 500, `${status}: ${JSON.stringify(body)}`);
  // The type is the page of the error; its last part is the stable code.
  return { ok: false, status, code: String(body.type).split("/").at(-1) ?? "" };
}

export type Client = ReturnType<typeof createClient>;

function createClient(baseUrl: string) {
  const send = async (
    method: string,
    path: string,
    key: string,
    body?: Json,
    idempotencyKey?: string,
  ): Promise<Answer> => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const replayed = response.headers.get("idempotency-replayed") === "true";
    return { status: response.status, replayed, body: (await response.json()) as Json };
  };
  return {
    get: (path: string, key: string) => send("GET", path, key),
    post: (path: string, key: string, body?: Json, idempotencyKey?: string) =>
      send("POST", path, key, body, idempotencyKey),
    put: (path: string, key: string, body: Json) => send("PUT", path, key, body),
    delete: (path: string, key: string) => send("DELETE", path, key),
  };
}

async function readAll(read: Read, path: string, query: string): Promise<Json[]> {
  const items: Json[] = [];
  for (let next: string | undefined = ""; next !== undefined; ) {
    const page: Json = await read(`${path}?${query}${next === "" ? "" : `&cursor=${encodeURIComponent(next)}`}`);
    items.push(...(page.items as Json[]));
    next = page.next as string | undefined;
  }
  return items;
}
