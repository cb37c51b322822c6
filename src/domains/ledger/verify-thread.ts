/** A thread of `verifyProjections`: takes ranges of buckets, one at a time, and answers each with its tally. */
import { parentPort, workerData } from "node:worker_threads";
import { invariant } from "#kernel/invariant.ts";
import { createCalendar } from "#kernel/time.ts";
import { createPool } from "#platform/postgres/pool.ts";
import { openSnapshot } from "./store/snapshot.ts";
import { type BucketRange, verifyRange } from "./verify-range.ts";

export type VerifyThreadData = { readonly url: string; readonly snapshot: string; readonly timeZone: string };

invariant(parentPort !== null, "verify-thread.ts runs in a thread of verifyProjections");
const port = parentPort;
const { url, snapshot, timeZone } = workerData as VerifyThreadData;
const calendar = createCalendar(timeZone);
const pool = createPool({ url, applicationName: "dolka verify", max: 1 });
const client = await pool.connect();
await openSnapshot(client, snapshot);

port.on("message", (range: BucketRange | "end") => {
  if (range === "end") {
    port.close();
    client.release(true);
    void pool.end();
    return;
  }
  verifyRange(client, range, calendar).then(
    (tally) => port.postMessage(tally),
    // Thrown in a turn of its own, the thread ends with it and the caller gets it.
    (error: unknown) => setImmediate(() => Promise.reject(error)),
  );
});
port.postMessage("ready");
