import { verifyProjections } from "#domains/ledger/index.ts";
import { loadProgrammes } from "#domains/program/index.ts";
import { closedMonths, type SettlementFault, verifySettlement } from "#domains/settlement/index.ts";
import { createCalendar, formatMonth } from "#kernel/time.ts";
import { type CommandContext, defineCommand, EXIT } from "../command.ts";
import { formatCount } from "../format.ts";

export const verifyCommand = defineCommand({
  name: "verify",
  summary:
    "Rebuild wallets, lots, holds, returns and closed acts from the operations and compare them with what is stored",
  usage: "verify [--lanes N]",
  example: "dolka verify",
  options: {
    lanes: {
      type: "string",
      placeholder: "N",
      description: "Threads that read side by side, a connection each; 2 unless given",
    },
  },
  async run(context, { values }) {
    const opened = await context.openHome();
    try {
      const { pool, pgUrl } = opened;
      const { clock } = context;
      const programmes = await loadProgrammes({ pool, clock });
      const bar = context.progress("Verifying", 100);
      const report = await verifyProjections(pool, {
        calendar: programmes.latest?.calendar ?? createCalendar("Europe/Moscow"),
        now: clock.now,
        lanes: Number(values.lanes ?? 2),
        url: pgUrl,
        onProgress: (done, of) => bar.set(Math.round((done / of) * 100)),
      });
      bar.finish();
      const rate = Math.round(report.operations / Math.max(report.seconds, 0.001));
      const head = `${formatCount(report.operations)} operations of ${formatCount(report.members)} members, ${formatCount(report.lots)} lots, in ${report.seconds.toFixed(1)} s (${formatCount(rate)} operations/s)`;
      const differences = report.differences.map(({ member, what }) => `  ${member}: ${what}`);
      const settlements = await verifySettlements(context, pool);
      const faults = settlements.faults.map(faultText);
      const isClean = report.differenceCount === 0 && faults.length === 0;
      const verdict = isClean
        ? "All of it is as the operations say."
        : `${formatCount(report.differenceCount + faults.length)} differences:\n${[...differences, ...faults].join("\n")}`;
      const closed = `${formatCount(settlements.months)} closed months with their acts`;
      context.result({ ...report, settlements }, `${head}; ${closed}\n${verdict}`);
      return isClean ? EXIT.ok : EXIT.refused;
    } finally {
      await opened.close();
    }
  },
});

type VerifiedSettlements = { readonly months: number; readonly faults: readonly SettlementFault[] };

/** Closed months and their acts, rebuilt from the operations as of their close. */
async function verifySettlements(
  context: CommandContext,
  pool: Parameters<typeof closedMonths>[0],
): Promise<VerifiedSettlements> {
  const months = await closedMonths(pool);
  const faults: SettlementFault[] = [];
  if (months.length === 0) return { months: 0, faults };
  const bar = context.progress("Verifying closed months", months.length);
  for (const [i, month] of months.entries()) {
    faults.push(...(await verifySettlement(pool, month)));
    bar.set(i + 1, formatMonth(month));
  }
  bar.finish();
  return { months: months.length, faults };
}

function faultText(fault: SettlementFault): string {
  return `  settlement ${fault.month}: ${fault.what}${fault.partner === undefined ? "" : ` of ${fault.partner}`} differs`;
}
