import { randomBytes } from "node:crypto";
import { createLedgerReads } from "#domains/ledger/http/index.ts";
import { compileProgramme, createProgrammes, parseProgramme } from "#domains/program/index.ts";
import { createCheckout } from "#flows/checkout/index.ts";
import { sweepWallets } from "#flows/sweep/index.ts";
import { invariant } from "#kernel/invariant.ts";
import { manualClock } from "#platform/clock.ts";
import type { CaseProgramme } from "../cases/programme.ts";
import { toYaml } from "../cases/programme-yaml.ts";
import type { TestEngines } from "../engines.ts";
import type { Stand } from "./history.ts";
import { START } from "./world.ts";

/** A place to play histories under one programme: real PostgreSQL, two checkouts, a clock that is told the time. */
export function openStand(engines: TestEngines, programme: CaseProgramme): Stand {
  const clock = manualClock(START);
  const document = parseProgramme(toYaml(programme), "world.yaml");
  invariant(document.ok, document.ok ? "" : JSON.stringify(document.failure, undefined, 1));
  const compiled = compileProgramme(document.value, 1, 0);
  const programmes = createProgrammes(() => [compiled], clock.now);
  const identifierSecret = randomBytes(32);
  return {
    name: `${randomBytes(4).toString("hex")}-`,
    pool: engines.pool,
    setTime: clock.set,
    openCheckouts: () => ({
      checkouts: [0, 1].map(() => createCheckout({ pool: engines.pool, clock, programmes, identifierSecret })),
      receiptIds: new Map(),
    }),
    sweep: () => sweepWallets({ pool: engines.pool, clock, programmes }),
    reads: createLedgerReads({
      pool: engines.pool,
      now: clock.now,
      calendar: () => compiled.calendar,
      operator: () => compiled.operator,
    }),
    tally: new Map(),
    putAside: [],
    matrix: new Map(),
    runs: 0,
  };
}
