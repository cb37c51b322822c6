import type { PoolClient } from "pg";
import { findMembers, type IdentifierKey } from "#domains/identity/index.ts";
import {
  type AnonymousReceipt,
  type Change,
  type Draft,
  emptyWallet,
  finish,
  type KeyClaim,
  loadForReturn,
  loadWallets,
  mergeChanges,
  type NewIdentifier,
  openDraft,
  type PostingContext,
  readFirstOpenDay,
  type StoredOperation,
  type Wallet,
  type WalletForReturn,
} from "#domains/ledger/index.ts";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { CheckoutFailure } from "./answers.ts";
import type { BatchContext } from "./batch-context.ts";
import type { Decision, Task } from "./task.ts";

/** One member's tasks in a batch, in the order of arrival. */
type Group = {
  readonly wallet: Wallet;
  readonly isFresh: boolean;
  readonly tasks: Task[];
  readonly newIdentifier?: NewIdentifier;
  readonly extras?: WalletForReturn;
};
export type Accepted = { readonly task: Task; readonly operation?: StoredOperation; readonly anonymousBody?: unknown };
export type Plan = {
  readonly changes: Change[];
  readonly keys: KeyClaim[];
  readonly identifiers: NewIdentifier[];
  readonly anonymous: AnonymousReceipt[];
  readonly accepted: Accepted[];
  /** Behind or beside a return of the same member: they need what it leaves. */
  readonly deferred: Task[];
  /** Broke on a remembered wallet. */
  readonly stale: Task[];
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
  const plan: Plan = {
    changes: [],
    keys: [],
    identifiers: [],
    anonymous: [],
    accepted: [],
    deferred: [],
    stale: [],
    refused: [],
  };
  const groups = await groupByMember(context, client, tasks, now, plan);
  const posting: PostingContext = {
    now,
    calendar: context.calendar(),
    firstOpenDay: memory.firstOpenDay,
    programmeVersion: context.programmeVersion(),
    operator: context.operator(),
  };
  for (const group of groups) decideGroup(plan, group, posting);
  for (const task of tasks) if (task.subject.by === "nobody") decideAnonymous(plan, task);
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
  const returning = [...byMember].filter(([, of]) => of[0]?.extras);
  const others = [...byMember].filter(([, of]) => !of[0]?.extras);
  return [
    ...(await loadGroups(context, client, others, plan)),
    ...(await loadReturning(client, returning, plan)),
    ...(await newMembers(context, strangers, now, plan)),
  ];
}

async function loadGroups(
  context: BatchContext,
  client: PoolClient,
  byMember: readonly (readonly [MemberId, Task[]])[],
  plan: Plan,
): Promise<Group[]> {
  // Taken before waiting: the other lane may forget a member meanwhile.
  const remembered = new Map(byMember.map(([member]) => [member, context.memory.wallets.get(member)]));
  const loaded = await loadWallets(
    client,
    byMember.flatMap(([member]) => (remembered.get(member) ? [] : [member])),
  );
  const groups: Group[] = [];
  for (const [member, of] of byMember) {
    const fresh = loaded.get(member);
    const wallet = fresh ?? remembered.get(member);
    if (wallet?.status !== "open") refuse(plan, of, true);
    else groups.push({ wallet, isFresh: fresh !== undefined, tasks: untilReturn(plan, of) });
  }
  return groups;
}

/** What a return fills again has to be of the same moment as its wallet: never from memory. */
async function loadReturning(
  client: PoolClient,
  byMember: readonly (readonly [MemberId, Task[]])[],
  plan: Plan,
): Promise<Group[]> {
  const groups: Group[] = [];
  for (const [member, of] of byMember) {
    const extras = of[0]?.extras;
    const loaded = extras && (await loadForReturn(client, member, extras.purchaseSeq, extras.lotSeqs));
    if (loaded?.wallet.status !== "open") refuse(plan, of, true);
    else groups.push({ wallet: loaded.wallet, isFresh: true, tasks: untilReturn(plan, of), extras: loaded });
  }
  return groups;
}

/** A return is alone with its member in a round; who stands behind it waits for the next. */
function untilReturn(plan: Plan, tasks: readonly Task[]): Task[] {
  const first = tasks.findIndex((task) => task.extras);
  const count = first < 0 ? tasks.length : Math.max(first, 1);
  plan.deferred.push(...tasks.slice(count));
  return tasks.slice(0, count);
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
    const makers = tasks.filter((task) => task.mayCreateMember);
    // Who can't make a member may find the one that a neighbour makes.
    refuse(
      plan,
      tasks.filter((task) => !task.mayCreateMember),
      makers.length === 0,
    );
    const subject = makers[0]?.subject;
    if (subject?.by !== "identifier") continue;
    const member = context.memberIds.take();
    const { idBucket, kind, valueHash } = subject.key;
    groups.push({
      wallet: emptyWallet(bucketOf(member), member, now),
      isFresh: true,
      tasks: makers,
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

function refuse(plan: Plan, tasks: readonly Task[], isCertain: boolean): void {
  for (const task of tasks) plan.refused.push({ task, failure: { code: "unknown-member" }, isCertain });
}

/** Each task works on what the one before left; a refused one leaves nothing. */
function decideGroup(plan: Plan, group: Group, posting: PostingContext): void {
  const changes: Change[] = [];
  let wallet = group.wallet;
  for (const task of group.tasks) {
    const draft = openDraft(wallet, { ...posting, now: task.now }, group.extras?.closedLots ?? []);
    const isCertain = group.isFresh && changes.length === 0;
    const decision = decide(plan, task, draft, group, isCertain);
    if (!decision) continue;
    if (!decision.ok) {
      // After an accepted neighbour it is not certain either: that one has yet to be posted.
      plan.refused.push({ task, failure: decision.failure, isCertain });
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

/** A request that breaks on what is stored fails alone; one that breaks on what was remembered is decided again. */
function decide(plan: Plan, task: Task, draft: Draft, group: Group, isCertain: boolean): Decision | undefined {
  try {
    return task.decide(draft, group.extras?.returned);
  } catch (error) {
    if (isCertain) task.fail(error);
    else plan.stale.push(task);
    return undefined;
  }
}

function decideAnonymous(plan: Plan, task: Task): void {
  if (!task.decideAnonymous) return;
  const decision = task.decideAnonymous(task.now);
  if (!decision.ok) {
    plan.refused.push({ task, failure: decision.failure, isCertain: true });
    return;
  }
  const receipt = decision.value;
  plan.anonymous.push(receipt);
  plan.accepted.push({ task, anonymousBody: JSON.parse(receipt.body) });
  plan.keys.push({ keyBucket: task.key.keyBucket, keyHash: task.key.keyHash, bodyHash: task.key.bodyHash });
}
