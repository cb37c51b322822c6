import { loadProgrammes } from "#domains/program/index.ts";
import { readStored, type Settlement } from "#domains/settlement/index.ts";
import {
  type CloseFailure,
  type CloseProgress,
  closeMonth,
  closeUntil,
  createCloseDeps,
} from "#flows/close-month/index.ts";
import { runFeed } from "#flows/feed/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { formatInstant, formatMonth, type Month } from "#kernel/time.ts";
import type { Progress } from "#platform/progress.ts";
import { type CommandContext, defineCommand, failure } from "../command.ts";
import { formatCount, formatRoubles } from "../format.ts";
import { monthArgument } from "../month-argument.ts";

export const settleCommand = defineCommand({
  name: "settle",
  summary: "Close a month: who owes whom, checked against the ledger to the kopeck, and frozen",
  usage: "settle MONTH [--alone]",
  example: "dolka settle 2026-09",
  options: {
    alone: {
      type: "boolean",
      default: false,
      description: "refuse when earlier months are open, instead of closing them first",
    },
  },
  async run(context, { positionals, values }) {
    const month = monthArgument(positionals);
    const home = await context.openHome();
    const feeding = new AbortController();
    let feed: Promise<void> = Promise.resolve();
    try {
      const { pool, clickhouse: warehouse } = home;
      const { clock } = context;
      const programmes = await loadProgrammes({ pool, clock });
      if (!programmes.latest) throw failure.refused("No programme has been applied yet: dolka apply FILE.");
      // A running stack has a feed of its own.
      if (home.apiUrl === undefined) {
        feed = runFeed({ pool, nodes: [{ node: 0, pool }], warehouse, clock }, feeding.signal);
      }
      const stored = await readStored(pool, month);
      if (stored?.document !== undefined) {
        const settlement = JSON.parse(stored.document) as Settlement;
        context.note(`The month was closed at ${formatInstant(stored.closedAt ?? 0)}; this is what was frozen.`);
        context.result([settlement], settlementText(settlement));
        return;
      }
      const closed = await close(context, { pool, warehouse, clock, programmes }, month, values.alone);
      if (!closed.ok) throw failure.refused(refusalText(closed.failure), closed.failure);
      const earlier = closed.value.slice(0, -1).map(earlierText);
      const asked = closed.value.slice(-1).map(settlementText);
      context.result(closed.value, [...earlier, ...asked].join("\n"));
    } finally {
      feeding.abort();
      await feed;
      await home.close();
    }
  },
});

async function close(
  context: CommandContext,
  setup: Parameters<typeof createCloseDeps>[0],
  month: Month,
  alone: boolean,
): Promise<Result<readonly Settlement[], CloseFailure>> {
  let bar: Progress | undefined;
  const begin = (next: Month) => {
    bar?.finish();
    bar = context.progress(`Closing ${formatMonth(next)}`, 100);
  };
  const deps = {
    ...createCloseDeps(setup),
    onProgress: ({ step, progress }: CloseProgress) => bar?.set(Math.round(progress * 100), step),
  };
  try {
    if (!alone) return await closeUntil(deps, month, context.signal, begin);
    begin(month);
    const closed = await closeMonth(deps, month, context.signal);
    return closed.ok ? ok([closed.value]) : err(closed.failure);
  } finally {
    bar?.finish();
  }
}

function refusalText(refused: CloseFailure): string {
  switch (refused.code) {
    case "month-not-over":
      return `The month is not over: it ends at ${refused.endsAt}.`;
    case "month-already-closed":
      return `The month was closed at ${refused.closedAt}. A closed month never changes.`;
    case "earlier-month-open":
      return `Earlier months are open: ${refused.months.join(", ")}. Leave out --alone to close them first.`;
    case "later-month-closed":
      return `Later months are closed already: ${refused.months.join(", ")}.`;
    case "feed-behind":
      return `The warehouse did not get all operations within ${refused.waitedSeconds} s. The month is fenced; run the command again.`;
    case "totals-differ":
      return [
        `Warehouse and ledger differ in ${refused.differences.length} sums. The month is fenced and open; nothing was frozen.`,
        ...refused.differences
          .slice(0, SHOWN_DIFFERENCES)
          .map(
            (each) =>
              `  ${each.day} ${each.fromAccount}→${each.toAccount} ${each.funder}${each.redeemer ? ` at ${each.redeemer}` : ""}: warehouse ${each.warehouseCents}, ledger ${each.ledgerCents}`,
          ),
      ].join("\n");
  }
}

const SHOWN_DIFFERENCES = 20;

function earlierText(settlement: Settlement): string {
  const paid = settlement.transfers.reduce((sum, each) => sum + each.kopecks, 0);
  return `Closed ${settlement.month} first: ${formatCount(settlement.lines.length)} lines, ${formatRoubles(paid)} to pay.`;
}

/** The settlement for a person: lines, net positions, payments. */
export function settlementText(settlement: Settlement): string {
  const width = Math.max(8, ...settlement.parties.map((party) => party.id.length));
  const row = (from: string, to: string, kopecks: number, note = "") =>
    `  ${from.padEnd(width)}  ${to.padEnd(width)}  ${formatRoubles(kopecks).padStart(20)}${note && `  ${note}`}`;
  const lines = settlement.lines.map((line) => {
    const note = line.cites ? `credit of ${line.cites.month}` : line.funder === line.redeemer ? "own, not paid" : "";
    return row(line.funder, line.redeemer, line.kopecks, note);
  });
  const fees = settlement.fees.map((fee) => row(fee.partner, settlement.operator, fee.kopecks, `fee: ${fee.reason}`));
  const nets = settlement.positions.map(
    (each) => `  ${each.partner.padEnd(width)}  ${formatRoubles(each.netKopecks).padStart(20)}`,
  );
  const transfers = settlement.transfers.map((each) => row(each.from, each.to, each.kopecks));
  const part = (title: string, rows: readonly string[]) => (rows.length === 0 ? [] : [`${title}:`, ...rows]);
  return [
    `Settlement of ${settlement.month}`,
    ...part("Funder owes redeemer", lines),
    ...(lines.length === 0 ? ["No points were spent in the month."] : []),
    ...part("Fees", fees),
    ...part("Net", nets),
    ...part("Payments that settle it", transfers),
  ].join("\n");
}
