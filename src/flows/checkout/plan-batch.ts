import type { PoolClient } from "pg";
import { findMembers, type IdentifierKey } from "#domains/identity/index.ts";
import {
  type AnonymousReceipt,
  type Change,
  emptyWallet,
  finish,
  type KeyClaim,
  loadLots,
  loadReturned,
  loadWallets,
  mergeChanges,
  type NewIdentifier,
  openDraft,
  type PostingContext,
  readFirstOpenDay,
  type StoredOperation,
  type Wallet,
} from "#domains/ledger/index.ts";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { CheckoutFailure } from "./answers.ts";
import type { BatchContext } from "./batch-context.ts";
import type { LoadedExtras, Task } from "./task.ts";

/** One member's tasks in a batch, in the order of arrival. */
type Group = {
  readonly wallet: Wallet;
  readonly isFresh: boolean;
  readonly tasks: Task[];
  readonly newIdentifier?: NewIdentifier;
};
export type Accepted = { readonly task: Task; readonly operation?: StoredOperation; readonly anonymousBody?: unknown };
export type Plan = {
  readonly changes: Change[];
  readonly keys: KeyClaim[];
  readonly identifiers: NewIdentifier[];
  readonly anonymous: AnonymousReceipt[];
  readonly accepted: Accepted[];
  /** Uncertain: refused on a remembered wallet, to be decided again on what is stored. */
  readonly refused: { readonly task: Task; readonly failure: CheckoutFailure; readonly isCertain: boolean }[];
};

/**
 * Decides a batch: reads what is not remembered (identifiers, wallets, what returns need), runs each member's tasks in
 * the order of arrival, and collects the rows to post. Writes nothing.
 */
export async function planBatch(
  context: BatchContext,
  client: PoolClient,
  tasks: readonly Task[],
  now: EpochMs,
): Promise<Plan> {
  const { memory } = context;
  memory.firstOpenDay ??= await readFirstOpenDay(client);
  await resolveIdentifiers(context, client, tasks);
  const plan: Plan = { changes: [], keys: [], identifiers: [], anonymous: [], accepted: [], refused: [] };
  const groups = await groupByMember(context, client, tasks, now, plan);
  const posting: PostingContext = {
    now,
    calendar: context.calendar(),
    firstOpenDay: memory.firstOpenDay,
    programmeVersion: context.programmeVersion(),
    operator: context.operator(),
  };
  for (const group of groups) {
    const extras = await loadExtras(client, group);
    decideGroup(plan, group, posting, extras);
  }
  for (const task of tasks) if (task.subject.by === "nobody") decideAnonymous(plan, task, now);
  // Rows in member order, so that two processes can't deadlock.
  plan.changes.sort((a, b) => a.after.bucket - b.after.bucket || a.after.member - b.after.member);
  return plan;
}

async function resolveIdentifiers(context: BatchContext, client: PoolClient, tasks: readonly Task[]): Promise<void> {
  const unknown = new Map<string, IdentifierKey>();
  for (const { subject } of tasks) {
    if (subject.by === "identifier" && context.memory.members.get(subject.key.text) === undefined) {
      unknown.set(subject.key.text, subject.key);
    }
  }
  const found = await findMembers(client, [...unknown.values()]);
  for (const [text, member] of found) context.memory.members.set(text, member);
}

async function groupByMember(
  context: BatchContext,
  client: PoolClient,
  tasks: readonly Task[],
  now: EpochMs,
  plan: Plan,
): Promise<Group[]> {
  const byMember = new Map<MemberId, Task[]>();
  const strangers = new Map<string, Task[]>();
  for (const task of tasks) {
    if (task.subject.by === "nobody") continue;
    const member =
      task.subject.by === "member" ? task.subject.member : context.memory.members.get(task.subject.key.text);
    if (member !== undefined) push(byMember, member, task);
    else if (task.subject.by === "identifier") push(strangers, task.subject.key.text, task);
  }
  // Taken before waiting: the other lane may forget a member meanwhile.
  const remembered = new Map([...byMember.keys()].map((member) => [member, context.memory.wallets.get(member)]));
  const missing = [...byMember.keys()].filter((member) => remembered.get(member) === undefined);
  const loaded = await loadWallets(client, missing);
  const groups: Group[] = [];
  for (const [member, of] of byMember) {
    const fresh = loaded.get(member);
    const wallet = fresh ?? remembered.get(member);
    if (wallet && wallet.status === "open") groups.push({ wallet, isFresh: fresh !== undefined, tasks: of });
    else refuse(plan, of);
  }
  groups.push(...(await newMembers(context, strangers, now, plan)));
  return groups;
}

/** Cards that nobody has shown before: an anonymous member each, which later profiles can claim. */
async function newMembers(
  context: BatchContext,
  strangers: Map<string, Task[]>,
  now: EpochMs,
  plan: Plan,
): Promise<Group[]> {
  const groups: Group[] = [];
  await context.memberIds.ensure(strangers.size);
  for (const tasks of strangers.values()) {
    const subject = tasks[0]?.subject;
    if (subject?.by !== "identifier" || !tasks.every((task) => task.mayCreateMember)) {
      refuse(plan, tasks);
      continue;
    }
    const member = context.memberIds.take();
    const { idBucket, kind, valueHash } = subject.key;
    groups.push({
      wallet: emptyWallet(bucketOf(member), member, now),
      isFresh: true,
      tasks,
      newIdentifier: { idBucket, kind, valueHash, member, createdAt: now },
    });
  }
  return groups;
}

function push<K>(map: Map<K, Task[]>, key: K, task: Task): void {
  const known = map.get(key);
  if (known) known.push(task);
  else map.set(key, [task]);
}

function refuse(plan: Plan, tasks: readonly Task[]): void {
  for (const task of tasks) plan.refused.push({ task, failure: { code: "unknown-member" }, isCertain: true });
}

async function loadExtras(client: PoolClient, group: Group): Promise<LoadedExtras | undefined> {
  const extras = group.tasks[0]?.extras;
  if (!extras) return undefined;
  const { member } = group.wallet;
  const open = new Set(group.wallet.lots.map((lot) => lot.seq * 64 + lot.part));
  const lots = await loadLots(client, member, [...new Set(extras.lotSeqs)]);
  return {
    lots: lots.filter((lot) => !open.has(lot.seq * 64 + lot.part)),
    returned: await loadReturned(client, member, extras.purchaseSeq),
  };
}

/** Each task works on what the one before left; a refused one leaves nothing. */
function decideGroup(plan: Plan, group: Group, posting: PostingContext, extras: LoadedExtras | undefined): void {
  const changes: Change[] = [];
  let wallet = group.wallet;
  for (const task of group.tasks) {
    const draft = openDraft(wallet, posting, extras?.lots ?? []);
    const decision = task.decide(draft, extras);
    if (!decision.ok) {
      // After an accepted neighbour it is not certain either: that one has yet to be posted.
      plan.refused.push({ task, failure: decision.failure, isCertain: group.isFresh && changes.length === 0 });
      continue;
    }
    const change = finish(draft);
    wallet = change.after;
    changes.push(change);
    const operation = change.operations[change.operations.length - 1] as Change["operations"][number];
    plan.accepted.push({ task, operation: { ...operation, member: wallet.member, body: decision.value.body } });
    plan.keys.push({
      keyBucket: task.key.keyBucket,
      keyHash: task.key.keyHash,
      bodyHash: task.key.bodyHash,
      member: wallet.member,
      bucket: wallet.bucket,
      seq: operation.seq,
    });
  }
  if (changes.length === 0) return;
  plan.changes.push(mergeChanges(changes));
  if (group.newIdentifier) plan.identifiers.push(group.newIdentifier);
}

function decideAnonymous(plan: Plan, task: Task, now: EpochMs): void {
  if (!task.decideAnonymous) return;
  const decision = task.decideAnonymous(now);
  if (!decision.ok) {
    plan.refused.push({ task, failure: decision.failure, isCertain: true });
    return;
  }
  const receipt = decision.value;
  plan.anonymous.push(receipt);
  plan.accepted.push({ task, anonymousBody: JSON.parse(receipt.body) });
  plan.keys.push({ keyBucket: task.key.keyBucket, keyHash: task.key.keyHash, bodyHash: task.key.bodyHash });
}
