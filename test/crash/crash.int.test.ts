import { test } from "node:test";
import { surviveCrashes } from "./survive-crashes.ts";

/** DOLKA_TEST_SEED repeats a run's kills and tills; moments differ by what the machine is doing. */
const seed = Number(process.env.DOLKA_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`each process dies under load, and every answer survives once (seed ${seed})`, async (context) => {
  const report = await surviveCrashes({ seed, kills: 4, pauseMs: [200, 900], tills: 8 });
  context.diagnostic(JSON.stringify({ seed, ...report }));
});
