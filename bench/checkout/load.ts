/**
 * The load generator: a process of its own, on the same cores as what it measures, so it is kept cheap (about a tenth of
 * the processor). Takes a `LoadOrder` by IPC, begins at once; answers "reset" and "read"; ends when asked to stop.
 */
import { createLatencies } from "../lib/latencies.ts";
import { type Answer, type HttpConnection, openConnection } from "./http-connection.ts";
import { cardOf } from "./members.ts";
import { createShopping, type Receipt, type Shopping, type ShoppingOptions, type Visit } from "./shopping.ts";

export type LoadOrder = {
  readonly order: "start";
  readonly host: string;
  readonly port: number;
  readonly key: string;
  readonly connections: number;
  readonly shopping: ShoppingOptions;
};

export type LoadReport = {
  readonly requests: number;
  /** New receipts accepted: neither returns nor retries count. */
  readonly receipts: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** How requests ended: what they were, and the status where it was not the expected one. */
  readonly outcomes: Readonly<Record<string, number>>;
};

export type LoadMessage = LoadOrder | { readonly order: "reset" | "read" | "stop" };

/** What is kept of an answered receipt, to return it or to send it again. */
type Answered = {
  readonly receipt: Receipt;
  readonly request: string;
  readonly receiptId: string;
  readonly body: string;
};

const CLOCK_MS = 20;

const latencies = createLatencies();
let outcomes: Record<string, number> = {};
let requests = 0;
let receipts = 0;
let isStopped = false;
let timeText = new Date().toISOString();
setInterval(() => {
  timeText = new Date().toISOString();
}, CLOCK_MS).unref();

let tills: Promise<void>[] = [];

process.on("message", (message: LoadMessage) => {
  if (message.order === "start") start(message);
  if (message.order === "reset") reset();
  if (message.order === "read") process.send?.(read());
  if (message.order === "stop") void stop();
});
process.on("disconnect", () => process.exit(0));

function start(order: LoadOrder): void {
  const shopping = createShopping<Answered>(order.shopping);
  const write = requestWriter(order);
  tills = Array.from({ length: order.connections }, () => till(order, shopping, write));
  for (const each of tills) {
    each.catch((error) => {
      console.error(error);
      process.exit(1);
    });
  }
}

async function till(order: LoadOrder, shopping: Shopping<Answered>, write: (visit: Visit<Answered>) => string) {
  const connection: HttpConnection = await openConnection(order.host, order.port);
  while (!isStopped) {
    const visit = shopping.next();
    const request = write(visit);
    const startedAt = performance.now();
    const answer = await connection.ask(request);
    latencies.add(performance.now() - startedAt);
    requests++;
    const ended = judge(visit, request, answer, shopping);
    outcomes[ended] = (outcomes[ended] ?? 0) + 1;
  }
  connection.close();
}

function judge(visit: Visit<Answered>, request: string, answer: Answer, shopping: Shopping<Answered>): string {
  if (answer.status !== 201) return `${visit.kind} ${answer.status} ${typeOf(answer)}`;
  if (visit.kind === "retry") {
    if (!answer.isReplay) return "retry not marked as replayed";
    return answer.body === visit.of.body ? "retry" : "retry with another answer";
  }
  if (visit.kind === "return") return "return";
  receipts++;
  const at = answer.body.indexOf('"rcp_') + 1;
  shopping.answered({ receipt: visit, request, receiptId: answer.body.slice(at, at + 30), body: answer.body });
  return visit.spendCents > 0 ? "receipt with spend" : "receipt";
}

/** The last step of a problem's `type`. */
function typeOf(answer: Answer): string {
  return /"type":"[^"]*?([a-z-]+)"/.exec(answer.body)?.[1] ?? "";
}

function requestWriter({ host, port, key }: LoadOrder): (visit: Visit<Answered>) => string {
  const head = `Host: ${host}:${port}\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: `;
  return (visit) => {
    if (visit.kind === "retry") return visit.of.request;
    const { store, till: tillId, number } = visit;
    const document = `"store":"${store}","till":"${tillId}","number":"${number}","at":"${timeText}"`;
    if (visit.kind === "return") {
      const { line, of } = visit;
      const amount = line === "all" ? 0 : of.receipt.basket.lines[line]?.amountKopecks;
      const what = line === "all" ? '"all":true' : `"lines":[{"line":${line},"amount":${amount}}]`;
      const body = `{${document},${what}}`;
      return `POST /v1/receipts/${of.receiptId}/returns HTTP/1.1\r\n${head}${body.length}\r\n\r\n${body}`;
    }
    const spend = visit.spendCents === 0 ? "" : `,"spend":${visit.spendCents}`;
    const member = `"member":{"kind":"card","value":"${cardOf(visit.member)}"}`;
    const body = `{"partner":"alfa",${document},${member},"lines":${visit.basket.json}${spend}}`;
    return `POST /v1/receipts HTTP/1.1\r\n${head}${body.length}\r\n\r\n${body}`;
  };
}

function reset(): void {
  latencies.reset();
  outcomes = {};
  requests = 0;
  receipts = 0;
}

function read(): LoadReport {
  const { quantileMs, maxMs } = latencies;
  return { requests, receipts, p50Ms: quantileMs(0.5), p99Ms: quantileMs(0.99), maxMs: maxMs(), outcomes };
}

async function stop(): Promise<void> {
  isStopped = true;
  await Promise.all(tills);
  process.exit(0);
}
