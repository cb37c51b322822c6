import { test } from "node:test";
import { testLength } from "../engines.ts";
import { surviveCrashes } from "./survive-crashes.ts";

const seed = Number(process.env.DOLKA_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
const isLong = testLength() === "long";

test(`processes die again and again on durable engines, and every answer survives once (seed ${seed})`, async (context) => {
  const report = await surviveCrashes({
    seed,
    kills: isLong ? 60 : 6,
    pauseMs: [100, 4_000],
    tills: 24,
    // The engines' own settings instead of the tests' fast ones.
    environment: { DOLKA_ENGINES: "" },
  });
  context.diagnostic(JSON.stringify({ seed, ...report }));
});
