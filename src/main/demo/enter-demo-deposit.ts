import { loadProgrammes } from "#domains/program/index.ts";
import { enterFunds } from "#flows/limits/index.ts";
import type { DemoStep } from "./step.ts";

const ROUBLES = 1_000_000;

/** Whoever is prepaid has paid in before its first points are given. Repeated, it changes nothing. */
export const enterDemoDeposits: DemoStep = {
  name: "demo deposits",
  async run({ pool, clock }) {
    const programmes = await loadProgrammes({ pool, clock });
    for (const { id, funding } of programmes.current().partners.values()) {
      if (funding !== "prepaid") continue;
      const entered = await enterFunds(
        { pool, clock, programmes },
        { funder: id, key: "demo", kind: "deposit", amountKopecks: ROUBLES * 100, note: "First deposit", by: "demo" },
      );
      if (!entered.ok) throw new Error(`The demo deposit of ${id} was refused: ${entered.failure.code}`);
    }
  },
};
