import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Passwords of a home's own engines. Random, made once, readable by the owner of the home only. */
export type HomeSecrets = {
  readonly postgresPassword: string;
  readonly clickhousePassword: string;
  /** Keys the hashes of identifiers; lost, every known card is a stranger. */
  readonly identifierSecret: string;
};

/** Reads `<home>/secrets.json`, making it (mode 0600) when the home is new. */
export function homeSecrets(home: string): HomeSecrets {
  const file = join(home, "secrets.json");
  try {
    return JSON.parse(readFileSync(file, "utf8")) as HomeSecrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const secrets = {
    postgresPassword: randomPassword(),
    clickhousePassword: randomPassword(),
    identifierSecret: randomPassword(),
  };
  writePrivateFile(file, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

/** 192 random bits in URL-safe text. */
export function randomPassword(): string {
  return randomBytes(24).toString("base64url");
}

/** Writes a file of mode 0600 in one step: a reader sees the old text or the new one, never half of it. */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode: 0o600, flush: true });
  renameSync(temporary, path);
}
