import { randomBytes } from "node:crypto";
import { createKey, type Role } from "#domains/access/index.ts";
import { loadProgrammes } from "#domains/program/index.ts";
import type { DemoStep } from "./step.ts";

const KEYS: readonly { readonly role: Role; readonly partner?: string }[] = [
  { role: "admin" },
  { role: "operator" },
  { role: "analyst" },
  { role: "till", partner: "kalitka" },
  { role: "till", partner: "samobranka" },
  { role: "partner", partner: "kalitka" },
];

/** A key for each person of the tour. Broken off, it makes new ones: secrets can't be read back. */
export const makeDemoKeys: DemoStep = {
  name: "demo keys",
  async run({ pool, clock, addKey }) {
    const programmes = await loadProgrammes({ pool, clock });
    for (const { role, partner } of KEYS) {
      const made = await createKey(
        { pool, clock, random: randomBytes, isPartner: (id) => programmes.current().partners.has(id) },
        { role, name: "demo", ...(partner === undefined ? {} : { partner }) },
      );
      if (!made.ok) throw new Error(`The demo's ${role} key was refused: ${made.failure.code}`);
      addKey({ role, key: made.value.secret, ...(partner === undefined ? {} : { partner }) });
    }
  },
};
