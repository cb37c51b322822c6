import { createIdentifierKeys } from "#domains/identity/index.ts";
import { createBoundedMap } from "./bounded-map.ts";

/** A till has the same cashier for hours, and an app's member the same device. */
const REMEMBERED = 20_000;

/** Keyed hashes of those who are no members, remembered: a hash costs 2.6 µs, several a receipt. */
export function createSubjectKeys(secret: Uint8Array): (kind: string, value: string) => Uint8Array {
  const identifierKey = createIdentifierKeys(secret);
  const known = createBoundedMap<string, Uint8Array>(REMEMBERED);
  return (kind, value) => {
    const name = `${kind} ${value}`;
    let hash = known.get(name);
    if (hash === undefined) {
      hash = identifierKey(kind, value).valueHash;
      known.set(name, hash);
    }
    return hash;
  };
}
