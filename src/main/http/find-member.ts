import type { Pool } from "pg";
import type { Principal } from "#domains/access/http/index.ts";
import { createIdentifierKeys } from "#domains/identity/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import { createLookup, type FoundMember } from "#flows/profiles/index.ts";
import { type Clock, systemClock } from "#platform/clock.ts";

export type FindMember = (principal: Principal, kind: string, value: string) => Promise<FoundMember | undefined>;

/** The member behind an identifier as it was read; undefined when nobody has it or the asker may not know of it. */
export function createFindMember(
  pool: Pool,
  identifierSecret: Uint8Array,
  programmes: Pick<Programmes, "latest"> = { latest: undefined },
  clock: Clock = systemClock,
): FindMember {
  return createLookup({ pool, clock, programmes, identifierKey: createIdentifierKeys(identifierSecret) });
}
