import { after, describe, test } from "node:test";
import { testEngines } from "../engines.ts";
import { startSharedEngines } from "../shared-engines.ts";
import { ALL_CASES } from "./all-cases.ts";
import { openHttpSurroundings } from "./http-surroundings.ts";
import { createHttpSystem } from "./http-system.ts";
import { play } from "./stage.ts";

// A file run by itself starts its servers once; each scenario then only makes databases in them.
if (process.env.DOLKA_TEST_PG_URL === undefined) {
  const servers = await startSharedEngines();
  process.env.DOLKA_TEST_PG_URL = servers.pgUrl;
  process.env.DOLKA_TEST_CLICKHOUSE_URL = servers.clickhouseUrl;
  after(() => servers.stop());
}

/** Each scenario has databases of its own, since a settlement is of the whole coalition. */
describe("the reference cases over HTTP, on real engines", () => {
  for (const one of ALL_CASES) {
    describe(`case ${one.number}: ${one.title}`, () => {
      for (const scenario of one.scenarios) {
        test(scenario.title, async () => {
          const around = await openHttpSurroundings(await testEngines());
          try {
            await play(createHttpSystem(around), scenario.steps);
          } finally {
            await around.close();
          }
        });
      }
    });
  }
});
