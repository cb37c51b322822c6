import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { invariant } from "#kernel/invariant.ts";
import { writePrivateFile } from "#platform/secrets.ts";

const BYTES = 32;

/**
 * The key that wraps members' data keys: DOLKA_MASTER_KEY (base64) where a key service provides it, else the home's own
 * `master.key`, made once, mode 0600. Never in the database; lost, nothing personal can be read again.
 */
export function masterKey(home: string): Uint8Array {
  const given = process.env.DOLKA_MASTER_KEY;
  const key = Buffer.from(given ?? ownKey(join(home, "master.key")), "base64");
  invariant(key.length === BYTES, "a master key is 32 bytes in base64");
  return key;
}

function ownKey(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const made = randomBytes(BYTES).toString("base64");
  writePrivateFile(file, `${made}\n`);
  return made;
}
