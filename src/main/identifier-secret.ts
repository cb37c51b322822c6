import { homeSecrets } from "#platform/secrets.ts";

/** The key of identifier hashes: DOLKA_IDENTIFIER_SECRET where servers are given by URL, else the home's own. */
export function identifierSecret(home: string): Uint8Array {
  return Buffer.from(process.env.DOLKA_IDENTIFIER_SECRET ?? homeSecrets(home).identifierSecret);
}
