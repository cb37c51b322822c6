/**
 * The load generator of the look-ups: a process of its own on the same cores. Takes one order by IPC and begins; answers
 * "reset" and "read"; ends when its parent does.
 */
import { type HttpConnection, openConnection } from "../checkout/http-connection.ts";
import { cardOf } from "../checkout/members.ts";
import { createLatencies } from "../lib/latencies.ts";

export type LookupOrder = {
  readonly order: "start";
  readonly host: string;
  readonly port: number;
  /** Dealt to the connections in turn. */
  readonly keys: readonly string[];
  readonly connections: number;
  readonly members: number;
  readonly seed: number;
};

export type LookupReport = {
  readonly requests: number;
  readonly wrong: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
};

const latencies = createLatencies();
let requests = 0;
let wrong = 0;
let isStopped = false;

process.on("message", (message: LookupOrder | { readonly order: "reset" | "read" | "stop" }) => {
  if (message.order === "start") for (let i = 0; i < message.connections; i++) void till(message, i);
  if (message.order === "reset") {
    latencies.reset();
    requests = 0;
    wrong = 0;
  }
  if (message.order === "read") {
    const { quantileMs, maxMs } = latencies;
    const report: LookupReport = { requests, wrong, p50Ms: quantileMs(0.5), p99Ms: quantileMs(0.99), maxMs: maxMs() };
    process.send?.(report);
  }
  if (message.order === "stop") {
    isStopped = true;
    setTimeout(() => process.exit(0), 200);
  }
});
process.on("disconnect", () => process.exit(0));

/** Any member is as likely as any other: the worst that can be asked of caches. */
async function till(order: LookupOrder, number: number): Promise<void> {
  const { host, port, keys, members } = order;
  const key = keys[number % keys.length] as string;
  const head = `POST /v1/members/lookup HTTP/1.1\r\nHost: ${host}:${port}\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: `;
  const connection: HttpConnection = await openConnection(host, port);
  let state = (order.seed * 2_654_435_761 + number * 40_503 + 1) >>> 0;
  while (!isStopped) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const member = 1 + Math.floor((state / 4_294_967_296) * members);
    const body = `{"kind":"card","value":"${cardOf(member)}"}`;
    const startedAt = performance.now();
    const answer = await connection.ask(`${head}${body.length}\r\n\r\n${body}`);
    latencies.add(performance.now() - startedAt);
    requests++;
    if (answer.status !== 200 || !answer.body.startsWith('{"member":"mem_')) wrong++;
  }
  connection.close();
}
