import type { PoolClient } from "pg";
import type { GuardBatch } from "#domains/guards/index.ts";
import { findMembers, type IdentifierKey } from "#domains/identity/index.ts";
import {
  type AnonymousReceipt,
  type Change,
  type Draft,
  emptyWallet,
  finish,
  type KeyClaim,
  loadForReturn,
  loadSurvivors,
  mergeChanges,
  type NewIdentifier,
  openDraft,
  type PostingContext,
  readFirstOpenDay,
  type StoredOperation,
  type Wallet,
  type WalletForReturn,
} from "#domains/ledger/index.ts";
import type { BudgetSession, BudgetWant } from "#domains/limits/index.ts";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { CheckoutFailure } from "./answers.ts";
import type { BatchContext } from "./batch-context.ts";
import type { Decision, Extras, Task } from "./task.ts";

/** A task, and the merged member that it named, if it did: `shift` is added to the numbers that it knows. */
type Called = { readonly task: Task; readonly shift: number; readonly via?: MemberId };

/** One member's tasks in a batch, in the order of arrival. */
type Group = {
  readonly wallet: Wallet;
  readonly isFresh: boolean;
  readonly tasks: readonly Called[];
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
  readonly guards: GuardBatch | undefined;
  /** Behind or beside a return of the same member: they need what it leaves. */
  readonly deferred: Task[];
  /** Need more of budgets than is leased. */
  readonly short: Task[];
  readonly wants: BudgetWant[];
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
    guards: context.guards?.begin(),
    deferred: [],
    short: [],
    wants: [],
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
  const budgets = context.budgets.begin(now);
  for (const group of groups) decideGroup(plan, group, posting, budgets);
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
  const named = new Map<MemberId, Task[]>();
  const strangers = new Map<string, Task[]>();
  for (const task of tasks) {
    if (task.subject.by === "nobody") continue;
    const member =
      task.subject.by === "member" ? task.subject.member : context.memory.members.get(task.subject.key.text);
    if (member !== undefined) push(named, member, task);
    else if (task.subject.by === "identifier") push(strangers, task.subject.key.text, task);
  }
  const found = await findSurvivors(context, client, named);
  const byMember = new Map<MemberId, Called[]>();
  for (const [member, of] of named) {
    const { member: survivor, shift } = found.get(member) ?? { member, shift: 0 };
    const via = survivor === member ? {} : { via: member };
    for (const task of of) push(byMember, survivor, { task, shift, ...via });
  }
  const wallets = new Map([...found.values()].sort(staleFirst).map((each) => [each.member, each]));
  const returning = [...byMember].filter(([, of]) => of[0]?.task.extras);
  const others = [...byMember].filter(([, of]) => !of[0]?.task.extras);
  return [
    ...groupsOf(others, wallets, plan),
    ...(await loadReturning(client, returning, wallets, plan)),
    ...(await newMembers(context, strangers, now, plan)),
  ];
}

type Found = { readonly member: MemberId; readonly shift: number; readonly isFresh: boolean; readonly wallet: Wallet };

function staleFirst(a: Found, b: Found): number {
  return Number(a.isFresh) - Number(b.isFresh);
}

/**
 * Who answers for the members named, with wallets as remembered, else as stored; merges are followed and remembered. Those
 * that begin with a return are read with what it needs later.
 */
async function findSurvivors(
  context: BatchContext,
  client: PoolClient,
  named: ReadonlyMap<MemberId, readonly Task[]>,
): Promise<Map<MemberId, Found>> {
  const { wallets, redirects } = context.memory;
  const found = new Map<MemberId, Found>();
  const missing: MemberId[] = [];
  // Taken before waiting: the other lane may forget a member meanwhile.
  for (const [member, tasks] of named) {
    const redirect = redirects.get(member);
    const wallet = wallets.get(redirect?.into ?? member);
    const isKnown = wallet && (!redirect || wallet.reading === redirect.reading);
    if (isKnown && !tasks[0]?.extras) {
      found.set(member, { member: wallet.member, shift: redirect?.shift ?? 0, isFresh: false, wallet });
    } else missing.push(member);
  }
  for (const [member, { wallet, shift }] of await loadSurvivors(client, missing)) {
    found.set(member, { member: wallet.member, shift, isFresh: true, wallet });
    if (wallet.member === member) redirects.delete(member);
    else redirects.set(member, { into: wallet.member, shift, reading: wallet.reading });
  }
  return found;
}

function groupsOf(
  byMember: readonly (readonly [MemberId, Called[]])[],
  wallets: ReadonlyMap<MemberId, Found>,
  plan: Plan,
): Group[] {
  const groups: Group[] = [];
  for (const [member, of] of byMember) {
    const found = wallets.get(member);
    if (found?.wallet.status !== "open") refuseGone(plan, tasksOf(of));
    else groups.push({ wallet: found.wallet, isFresh: found.isFresh, tasks: untilReturn(plan, of) });
  }
  return groups;
}

/**
 * What a return fills again has to be of the same moment as its wallet: never from memory. One that has changed since it
 * was found may have been merged or taken apart: the next round finds it anew.
 */
async function loadReturning(
  client: PoolClient,
  byMember: readonly (readonly [MemberId, Called[]])[],
  wallets: ReadonlyMap<MemberId, Found>,
  plan: Plan,
): Promise<Group[]> {
  const groups: Group[] = [];
  for (const [member, of] of byMember) {
    const { task, shift } = of[0] as Called;
    const extras = task.extras as Extras;
    const lotSeqs = extras.lotSeqs.map((seq) => shift + seq);
    const loaded = await loadForReturn(client, member, shift + extras.purchaseSeq, lotSeqs);
    if (!loaded || loaded.wallet.status === "erased") refuse(plan, tasksOf(of), true);
    else if (loaded.wallet.seq !== wallets.get(member)?.wallet.seq) plan.deferred.push(...tasksOf(of));
    else groups.push({ wallet: loaded.wallet, isFresh: true, tasks: untilReturn(plan, of), extras: loaded });
  }
  return groups;
}

/** An erased member's card is a stranger's again: what was remembered of it is forgotten, and it is looked up anew. */
function refuseGone(plan: Plan, tasks: readonly Task[]): void {
  const isShown = (task: Task) => task.subject.by === "identifier";
  plan.stale.push(...tasks.filter(isShown));
  refuse(
    plan,
    tasks.filter((task) => !isShown(task)),
    true,
  );
}

function tasksOf(called: readonly Called[]): Task[] {
  return called.map(({ task }) => task);
}

/** A return is alone with its member in a round; who stands behind it waits for the next. */
function untilReturn(plan: Plan, tasks: readonly Called[]): Called[] {
  const first = tasks.findIndex(({ task }) => task.extras);
  const count = first < 0 ? tasks.length : Math.max(first, 1);
  plan.deferred.push(...tasksOf(tasks.slice(count)));
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
      tasks: makers.map((task) => ({ task, shift: 0 })),
      newIdentifier: { idBucket, kind, valueHash, member, createdAt: now },
    });
  }
  return groups;
}

function push<K, T>(map: Map<K, T[]>, key: K, value: T): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}

function refuse(plan: Plan, tasks: readonly Task[], isCertain: boolean): void {
  for (const task of tasks) plan.refused.push({ task, failure: { code: "unknown-member" }, isCertain });
}

/** Each task works on what the one before left; a refused one leaves nothing. */
function decideGroup(plan: Plan, group: Group, posting: PostingContext, budgets: BudgetSession): void {
  const changes: Change[] = [];
  let wallet = group.wallet;
  for (const { task, via, shift } of group.tasks) {
    const draft = openDraft(wallet, { ...posting, now: task.now }, group.extras?.closedLots ?? [], via);
    const isCertain = group.isFresh && changes.length === 0;
    const decision = decide(plan, { task, shift }, draft, group, isCertain, budgets);
    if (!decision) continue;
    if (!decision.ok) {
      const { failure } = decision;
      if (failure.code === "budget-short") {
        plan.short.push(task);
        plan.wants.push(...failure.wants);
      } else {
        // After an accepted neighbour it is not certain either: that one has yet to be posted.
        plan.refused.push({ task, failure, isCertain });
      }
      continue;
    }
    const change = finish(draft);
    wallet = change.after;
    changes.push(change);
    if (decision.value.budgetUse) budgets.take(decision.value.budgetUse);
    if (decision.value.guard) plan.guards?.take(decision.value.guard);
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
function decide(
  plan: Plan,
  called: Called,
  draft: Draft,
  group: Group,
  isCertain: boolean,
  budgets: BudgetSession,
): Decision | undefined {
  const { task, shift } = called;
  try {
    return task.decide(draft, group.extras?.returned, shift, budgets, plan.guards);
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
