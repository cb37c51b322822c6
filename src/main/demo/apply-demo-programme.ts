import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { applyProgramme, formatProgrammeError } from "#domains/program/index.ts";
import { parseInstant } from "#kernel/time.ts";
import type { DemoStep } from "./step.ts";

const FILE = fileURLToPath(new URL("../../../examples/demo/programme.yaml", import.meta.url));

/** Applies the demo coalition; repeated, the same file changes nothing. */
export const applyDemoProgramme: DemoStep = {
  name: "demo programme",
  async run({ pool, clock }) {
    const file = { name: "examples/demo/programme.yaml", text: readFileSync(FILE, "utf8") };
    const effectiveFromAt = parseInstant("2025-01-01T00:00:00+03:00") as number;
    const applied = await applyProgramme({ pool, clock }, { file, appliedBy: "demo", comment: "", effectiveFromAt });
    if (applied.ok) return;
    const { failure } = applied;
    if (failure.code === "programme-invalid") throw new Error(failure.errors.map(formatProgrammeError).join("\n"));
    throw new Error(`The demo programme was refused: ${failure.code}`);
  },
};
