import {
  type GoldenField,
  goldenRecord,
  isBlocked,
  listProfileMembers,
  loadTrees,
  normaliseIdentifier,
  profilesOf,
} from "#domains/identity/index.ts";
import type { FieldConfig, LinkInput } from "#domains/identity/linkage/index.ts";
import { survivorsOf } from "#domains/ledger/index.ts";
import { openProfiles, type Personal, toldBy } from "#flows/profiles/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { LinkMembersDeps } from "./deps.ts";

/** What of a golden record is compared, and as what. */
const FIELDS: readonly FieldConfig[] = [
  { name: "name", kind: "name", columns: ["name"] },
  { name: "birthDate", kind: "date", columns: ["birthDate"], order: "ymd" },
  { name: "gender", kind: "category", columns: ["gender"] },
  { name: "address", kind: "address", columns: ["address"] },
  { name: "phone", kind: "phone", columns: ["phone"], country: "RU" },
  { name: "email", kind: "email", columns: ["email"] },
];

/** Members that answer for themselves and of whom profiles say something, one record each: the golden one. */
export type StoredPopulation = {
  readonly members: readonly MemberId[];
  readonly fields: readonly FieldConfig[];
  readonly input: LinkInput;
};

const PAGE = 1_000;

/** Reads all profiles, a page of members at a time; only the values that are compared stay in memory. */
export async function readPopulation(
  deps: LinkMembersDeps,
  onPage: (members: number) => Promise<void>,
): Promise<StoredPopulation> {
  const members: MemberId[] = [];
  const values: string[][] = FIELDS.map(() => []);
  const seen = new Set<MemberId>();
  for (let after: MemberId | undefined; ; ) {
    const homes = await listProfileMembers(deps.pool, after, PAGE);
    if (homes.length === 0) break;
    after = homes.at(-1);
    const roots = new Set<MemberId>();
    // Who was erased has no profiles, so whoever answers here is there.
    for (const root of (await survivorsOf(deps.pool, homes)).values()) if (!seen.has(root)) roots.add(root);
    for (const [member, record] of await readRecords(deps, [...roots])) {
      seen.add(member);
      members.push(member);
      for (const [index, { name }] of FIELDS.entries()) values[index]?.push(record[name as GoldenField]?.value ?? "");
    }
    await onPage(members.length);
  }
  const used = FIELDS.flatMap((_, index) => (values[index]?.some((value) => value !== "") ? [index] : []));
  return {
    members,
    fields: used.map((index) => FIELDS[index] as FieldConfig),
    input: { rows: members.length, values: used.map((index) => values[index] as string[]) },
  };
}

async function readRecords(deps: LinkMembersDeps, roots: readonly MemberId[]) {
  const trees = await loadTrees(deps.pool, roots);
  const rootOf = new Map([...trees].flatMap(([root, tree]) => tree.map((member) => [member, root] as const)));
  const profiles = await profilesOf(deps.pool, [...rootOf.keys()]);
  const opened = await openProfiles(deps, profiles);
  const views = new Map<MemberId, { partner: string; toldAt: number; personal: Personal | undefined }[]>();
  for (const [index, { member, partner, toldAt }] of profiles.entries()) {
    const root = rootOf.get(member) as MemberId;
    const personal = withoutBlocked(deps, opened[index]);
    views.set(root, [...(views.get(root) ?? []), { partner, toldAt, personal }]);
  }
  return roots.map((root) => [root, goldenRecord(toldBy(views.get(root) ?? []), deps.settings.strategies)] as const);
}

/** A call centre's phone says nothing of anybody here either. */
function withoutBlocked(deps: LinkMembersDeps, personal: Personal | undefined): Personal | undefined {
  if (!personal) return undefined;
  const identifiers = personal.identifiers.filter(
    ({ kind, value }) => !isBlocked(deps.settings.guards, kind, normaliseIdentifier(kind, value)),
  );
  return { ...personal, identifiers };
}
