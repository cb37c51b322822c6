import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "#platform/clock.ts";
import { isSigned, sign } from "#platform/http/signature.ts";

/**
 * What a gateway may do with one request. `…-after`: the order was carried out, only its answer is lost. `pending`: the
 * money is taken later (`settle`).
 */
export type Fault =
  | "500-before"
  | "500-after"
  | "silence-before"
  | "silence-after"
  | "reset-before"
  | "reset-after"
  | "429"
  | "garbage"
  | "pending";

type Order = {
  readonly kind: "charge" | "refund" | "authorisation" | "status";
  readonly key: string;
  readonly amountKopecks: number;
  readonly token: string;
  readonly chargeReference?: string;
};
type Kept = { readonly body: string; readonly order: Order; state: "pending" | "succeeded" | "declined" };

export type TestGateway = {
  readonly url: string;
  readonly secret: Uint8Array;
  /** What the next requests meet, one each; then all is well again. */
  readonly faults: Fault[];
  /** All requests that came, as `kind key`. */
  readonly heard: string[];
  /** Money taken less money given back. */
  takenKopecks(): number;
  /** Of the charges and refunds that were carried out: how many there were of a key. More than one is a bug of somebody. */
  carriedOut(key: string): number;
  /** A pending order comes to its end. */
  settle(key: string, state: "succeeded" | "declined"): void;
  /** A message that tells of an order, as its sender signs it: path's body and headers. */
  message(key: string, over?: object): { readonly body: string; readonly headers: Readonly<Record<string, string>> };
  close(): Promise<void>;
};

/**
 * A payment gateway for tests: a real server on loopback that keeps money, knows orders by their keys, checks signatures,
 * and misbehaves when told to. `tok_closed` is declined for good, `tok_no_money` for now.
 */
export async function startGateway(clock: Clock): Promise<TestGateway> {
  const secret = Buffer.alloc(32, "a secret of both sides");
  const kept = new Map<string, Kept>();
  const done: string[] = [];
  const faults: Fault[] = [];
  const heard: string[] = [];
  const server = createServer((request, response) => void answer(request, response));

  function carryOut(each: Kept, state: Kept["state"]): void {
    each.state = state;
    if (state === "succeeded") done.push(each.order.key);
  }

  function take(body: string, order: Order, isPending: boolean): Kept | "conflict" {
    const known = kept.get(order.key);
    if (known !== undefined) return known.body === body ? known : "conflict";
    const each: Kept = { body, order, state: "pending" };
    kept.set(order.key, each);
    const isDeclined = order.token === "tok_closed" || (order.token === "tok_no_money" && order.kind === "charge");
    if (!isPending) carryOut(each, isDeclined ? "declined" : "succeeded");
    return each;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const body = bytes.toString();
    const order = JSON.parse(body) as Order;
    heard.push(`${order.kind} ${order.key}`);
    if (!isSigned([secret], request.headers, bytes, clock.now())) return void send(response, 401, {});
    const fault = faults.shift();
    if (fault === "500-before") return void send(response, 500, {});
    if (fault === "429") return void send(response, 429, {});
    if (fault === "reset-before") return void response.destroy();
    if (fault === "silence-before") return;
    const each = order.kind === "status" ? kept.get(order.key) : take(body, order, fault === "pending");
    if (fault === "500-after") return void send(response, 502, {});
    if (fault === "reset-after") return void response.destroy();
    if (fault === "silence-after") return;
    if (fault === "garbage") return void response.writeHead(200).end('{"state":"succ');
    if (each === undefined) return void send(response, 404, {});
    if (each === "conflict") return void send(response, 409, {});
    send(response, 200, told(each));
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secret,
    faults,
    heard,
    takenKopecks: () =>
      done.reduce((sum, key) => {
        const { kind, amountKopecks } = (kept.get(key) as Kept).order;
        return sum + (kind === "charge" ? amountKopecks : kind === "refund" ? -amountKopecks : 0);
      }, 0),
    carriedOut: (key) => done.filter((each) => each === key).length,
    settle: (key, state) => carryOut(kept.get(key) as Kept, state),
    message: (key, over = {}) => {
      const body = JSON.stringify({ key, ...told(kept.get(key) as Kept), ...over });
      return { body, headers: { ...sign(secret, `msg.${key}`, clock.now(), body) } };
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function told({ order, state }: Kept) {
  const reference = `gw-${order.key}`;
  if (state !== "declined") return { state, reference };
  const isClosed = order.token === "tok_closed";
  return { state, reference, decline: isClosed ? "card-closed" : "no-money", mayRetry: !isClosed };
}

function send(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}
