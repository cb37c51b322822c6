import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_IDENTITY, type IdentitySettings, readIdentitySettings } from "#flows/profiles/index.ts";

/** `identity.yaml` of a home (docs/identity.md), or the usual settings without one. Throws with line and column when it is wrong. */
export function identitySettings(home: string): IdentitySettings {
  const file = join(home, "identity.yaml");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return DEFAULT_IDENTITY;
    throw error;
  }
  const read = readIdentitySettings(text, file);
  if (read.ok) return read.value;
  throw new Error(read.failure.map((each) => `${each.file}:${each.line}:${each.column} ${each.message}`).join("\n"));
}
