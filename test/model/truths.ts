import { type Ledger, memberOf } from "./ledger.ts";
import { walletOf } from "./reads.ts";
import { replay } from "./replay.ts";
import { sum } from "./split.ts";
import type { Member, Operation } from "./types.ts";

/** What must hold of a member after every operation, from its operations alone and against its projection. */
export function faultsOf(ledger: Ledger, id: number): string[] {
  const operations = ledger.operations.filter((operation) => operation.member === id);
  return [
    ...projectionFaults(memberOf(ledger, id), operations),
    ...holdFaults(memberOf(ledger, id), operations),
    ...accountingFaults(operations),
  ];
}

/** Truths 1 to 3: movements balance and rebuild exactly the lots, the wallet and the debts that are kept. */
function projectionFaults(member: Member, operations: readonly Operation[]): string[] {
  const { entries, arrears, faults } = replay(operations);
  const kept = member.entries
    .map(
      (e) =>
        `${e.seq}.${e.part} ${e.funder} ${e.amount}=${e.remaining}+${e.held}+${e.spent}+${e.expired}+${e.takenBack}`,
    )
    .sort();
  const rebuilt = entries
    .map(
      (e) =>
        `${e.seq}.${e.part} ${e.funder} ${e.amount}=${e.pending + e.active}+${e.held}+${e.spent}+${e.expired}+${e.takenBack}`,
    )
    .sort();
  if (kept.join() !== rebuilt.join()) faults.push(`lots ${kept.join(" | ")} were rebuilt as ${rebuilt.join(" | ")}`);
  const wallet = walletOf(member);
  const active = sum(entries.map((entry) => entry.active));
  const pending = sum(entries.map((entry) => entry.pending));
  if (wallet.activeCents !== active) faults.push(`active ${wallet.activeCents}, by movements ${active}`);
  if (wallet.pendingCents !== pending) faults.push(`pending ${wallet.pendingCents}, by movements ${pending}`);
  for (const funder of new Set([...arrears.keys(), ...member.debts.map((debt) => debt.funder)])) {
    const owed = sum(member.debts.filter((debt) => debt.funder === funder).map((debt) => debt.cents));
    if (owed !== (arrears.get(funder) ?? 0))
      faults.push(`${owed} owed to ${funder}, by movements ${arrears.get(funder)}`);
  }
  if (wallet.arrearsCents > 0 && wallet.activeCents > 0) faults.push("arrears stand beside active points");
  return faults;
}

/** Truth 5: what went into a hold comes out of it once, by at most one operation that cites it. */
function holdFaults(member: Member, operations: readonly Operation[]): string[] {
  const faults: string[] = [];
  for (const hold of member.holds) {
    const ends = operations.filter((op) => op.citesSeq === hold.seq);
    if (ends.length !== (hold.state === "open" ? 0 : 1)) faults.push(`hold ${hold.seq} ended ${ends.length} times`);
  }
  const held = sum(
    operations.flatMap((op) => op.movements).map((m) => (m[1] === "he" ? m[6] : 0) - (m[0] === "he" ? m[6] : 0)),
  );
  const open = sum(
    member.holds.filter((hold) => hold.state === "open").flatMap((hold) => hold.items.map((i) => i.cents)),
  );
  if (held !== open) faults.push(`${held} held by movements, ${open} in open holds`);
  return faults;
}

/** An operation is never booked before its business day, and what activated (with what it paid) leads it. */
export function accountingFaults(
  operations: readonly Pick<Operation, "seq" | "accountingDay" | "businessDay" | "movements">[],
): string[] {
  const faults: string[] = [];
  for (const operation of operations) {
    if (operation.accountingDay < operation.businessDay)
      faults.push(`operation ${operation.seq} is booked before its day`);
    const moves = operation.movements.map(([from, to]) => `${from}>${to}`);
    const own = moves.findIndex((move) => move !== "pe>ac" && move !== "ac>re" && move !== "ob>ar");
    if (own >= 0 && moves.lastIndexOf("pe>ac") > own)
      faults.push(`operation ${operation.seq}: an activation does not lead`);
  }
  return faults;
}
