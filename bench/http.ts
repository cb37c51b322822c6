import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { formatKey } from "#domains/access/index.ts";
import { RECEIPT_EXAMPLE } from "#flows/checkout/http/index.ts";
import { type HttpConnection, openConnection } from "./checkout/http-connection.ts";
import { type BenchOptions, type BenchResult, rounded, say } from "./lib/bench.ts";

export const options = ["seconds", "connections", "limited"];

/**
 * What HTTP costs a receipt without the checkout: reading, key, validation, mapping, rendering, writing. In requests per
 * second of one core, by the server's own processor time, as the machine may be busy with other things. `--limited`
 * counts rate limits in.
 */
export async function run(asked: BenchOptions): Promise<BenchResult> {
  const seconds = asked.number("seconds", 5);
  const connections = asked.number("connections", 64);
  const isLimited = asked.flag("limited");
  const server = fork(new URL("./http/server.ts", import.meta.url), isLimited ? ["--limited"] : []);
  try {
    const [{ port }] = (await once(server, "message")) as [{ port: number }];
    const open = await Promise.all(Array.from({ length: connections }, () => openConnection("127.0.0.1", port)));
    await load(open, 1.5);
    const before = await cpuOf(server);
    const { answered, failed, latencies, tookSeconds } = await load(open, seconds);
    const cpuSeconds = (await cpuOf(server)) - before;
    for (const connection of open) connection.close();
    latencies.sort((a, b) => a - b);
    say(`  ${answered} requests in ${tookSeconds.toFixed(1)} s`);
    return {
      bench: "http",
      requestsPerSecondOfOneCore: rounded(answered / cpuSeconds),
      microsecondsPerRequest: rounded((cpuSeconds / answered) * 1e6, 1),
      requestsPerSecondByTheClock: rounded(answered / tookSeconds),
      p50Ms: rounded(latencies[Math.floor(latencies.length / 2)] ?? 0, 2),
      p99Ms: rounded(latencies[Math.floor(latencies.length * 0.99)] ?? 0, 2),
      failed,
      connections,
      limited: isLimited,
      lines: RECEIPT_EXAMPLE.lines.length,
    };
  } finally {
    server.disconnect();
  }
}

async function cpuOf(server: ChildProcess): Promise<number> {
  server.send("cpu");
  const [{ cpu }] = (await once(server, "message")) as [{ cpu: NodeJS.CpuUsage }];
  return (cpu.user + cpu.system) / 1e6;
}

async function load(connections: readonly HttpConnection[], seconds: number) {
  const body = Buffer.from(JSON.stringify(RECEIPT_EXAMPLE)).toString("latin1");
  const key = formatKey("till", new Uint8Array(20).fill(7));
  const request = `POST /v1/receipts HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const startedAt = performance.now();
  const endAt = startedAt + seconds * 1000;
  const latencies: number[] = [];
  let failed = 0;
  await Promise.all(
    connections.map(async (connection) => {
      for (let now = performance.now(); now < endAt; ) {
        const { status } = await connection.ask(request);
        if (status !== 201) failed++;
        const after = performance.now();
        latencies.push(after - now);
        now = after;
      }
    }),
  );
  return { answered: latencies.length, failed, latencies, tookSeconds: (performance.now() - startedAt) / 1000 };
}
