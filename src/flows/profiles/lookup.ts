import type { Pool } from "pg";
import { findMembers, type IdentifierKey } from "#domains/identity/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import type { MemberId, PartnerId } from "#kernel/ids.ts";
import type { Clock } from "#platform/clock.ts";
import { createMaySeePerson } from "./may-see.ts";
import { type AskedFor, type SeenMember, seeMembers } from "./store/lookup.ts";

export type FoundMember = {
  /** The member that answers for the identifier. */
  readonly member: MemberId;
  /** The highest level that it has now, if any. */
  readonly level?: string;
  /** Partners whose profile the asker may read. */
  readonly sees: readonly PartnerId[];
};

export type Lookup = (
  asker: { readonly partner?: PartnerId | undefined },
  kind: string,
  value: string,
) => Promise<FoundMember | undefined>;

export type LookupDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Pick<Programmes, "latest">;
  readonly identifierKey: (kind: string, value: string) => IdentifierKey;
};

/** An answer is good for so long: a merge elsewhere shows here after it at the latest, and until then the old id is followed. */
const REMEMBERED_MS = 1_000;
const MOST_REMEMBERED = 100_000;
const MOST_IN_BATCH = 64;
/** Two queries under way: while one is being read the other is being computed. */
const LANES = 2;

type Asked = {
  readonly key: IdentifierKey;
  readonly partner: PartnerId | undefined;
  readonly settle: (found: FoundMember | undefined) => void;
  readonly fail: (error: unknown) => void;
};

/**
 * Look-ups of one turn of the event loop, and those that arrive while the lanes are busy, are one pair of queries. A partner
 * finds the members that it knows: by a profile, a receipt, a hold, an award; for others the answer is as for nobody.
 */
export function createLookup(deps: LookupDeps): Lookup {
  const remembered = new Map<string, { readonly found: FoundMember; readonly until: number }>();
  const waiting: Asked[] = [];
  let lanes = LANES;
  let isScheduled = false;

  const start = (): void => {
    isScheduled = false;
    while (lanes > 0 && waiting.length > 0) {
      const batch = waiting.splice(0, MOST_IN_BATCH);
      lanes--;
      void answer(deps, batch).then(
        (found) => {
          const until = deps.clock.now() + REMEMBERED_MS;
          for (const [index, asked] of batch.entries()) {
            const its = found[index];
            // Who is unknown may be known a moment later.
            if (its) remember(remembered, nameOf(asked.key, asked.partner), { found: its, until });
            asked.settle(its);
          }
          release();
        },
        (error: unknown) => {
          for (const asked of batch) asked.fail(error);
          release();
        },
      );
    }
  };
  const release = (): void => {
    lanes++;
    if (waiting.length > 0) start();
  };
  return ({ partner }, kind, value) => {
    const key = deps.identifierKey(kind, value);
    const known = remembered.get(nameOf(key, partner));
    if (known && known.until > deps.clock.now()) return Promise.resolve(known.found);
    return new Promise((settle, fail) => {
      waiting.push({ key, partner, settle, fail });
      if (isScheduled || lanes === 0) return;
      isScheduled = true;
      setImmediate(start);
    });
  };
}

function nameOf(key: IdentifierKey, partner: PartnerId | undefined): string {
  return partner === undefined ? key.text : `${key.text}${partner}`;
}

/** What was written longest ago is forgotten first. */
function remember<V>(map: Map<string, V>, name: string, value: V): void {
  map.delete(name);
  map.set(name, value);
  if (map.size > MOST_REMEMBERED) map.delete(map.keys().next().value as string);
}

async function answer(deps: LookupDeps, batch: readonly Asked[]): Promise<(FoundMember | undefined)[]> {
  const { pool, clock } = deps;
  const owners = await findMembers(
    pool,
    batch.map(({ key }) => key),
  );
  const asked: (AskedFor & { readonly index: number })[] = [];
  for (const [index, { key, partner }] of batch.entries()) {
    const member = owners.get(key.text);
    if (member !== undefined) asked.push({ index, member, partner });
  }
  const found: (FoundMember | undefined)[] = batch.map(() => undefined);
  let open = asked;
  const knownFor = new Set<number>();
  while (open.length > 0) {
    const seen = await seeMembers(pool, open, clock.now());
    const next: typeof open = [];
    for (const [at, each] of seen.entries()) {
      const { index, partner } = open[at] as (typeof open)[number];
      if (each.isCustomer || (partner !== undefined && each.sees.includes(partner))) knownFor.add(index);
      if (each.mergedInto !== undefined) next.push({ index, partner, member: each.mergedInto });
      else if (each.isOpen && (knownFor.has(index) || (await knowsMerged(deps, each, partner)))) {
        found[index] = shown(deps, each);
      }
    }
    open = next;
  }
  return found;
}

/** Rare: a survivor that the partner knows by somebody who was merged into it. */
async function knowsMerged(deps: LookupDeps, seen: SeenMember, partner: PartnerId | undefined): Promise<boolean> {
  if (!seen.hasMerged || partner === undefined) return false;
  return createMaySeePerson(deps.pool)({ keyId: "", role: "till", partner }, seen.member);
}

function shown(deps: LookupDeps, { member, levels, sees }: SeenMember): FoundMember {
  const numberOf = (level: string) => deps.programmes.latest?.levels.get(level)?.number ?? 0;
  const [level] = [...levels].sort((a, b) => numberOf(b) - numberOf(a));
  return { member, sees, ...(level === undefined ? {} : { level }) };
}
