import { verifyProjections } from "#domains/ledger/index.ts";
import { loadProgrammes } from "#domains/program/index.ts";
import { createCalendar } from "#kernel/time.ts";
import { defineCommand, EXIT } from "../command.ts";
import { formatCount } from "../format.ts";

export const verifyCommand = defineCommand({
  name: "verify",
  summary: "Rebuild wallets, lots, holds and returns from the operations and compare them with what is stored",
  usage: "verify [--lanes N]",
  example: "dolka verify",
  options: {
    lanes: { type: "string", placeholder: "N", description: "Connections that read side by side; 2 unless given" },
  },
  async run(context, { values }) {
    const opened = await context.openHome();
    try {
      const { pool } = opened;
      const { clock } = context;
      const programmes = await loadProgrammes({ pool, clock });
      const bar = context.progress("Verifying", 100);
      const report = await verifyProjections(pool, {
        calendar: programmes.latest?.calendar ?? createCalendar("Europe/Moscow"),
        now: clock.now,
        lanes: Number(values.lanes ?? 2),
        onProgress: (done, of) => bar.set(Math.round((done / of) * 100)),
      });
      bar.finish();
      const rate = Math.round(report.operations / Math.max(report.seconds, 0.001));
      const head = `${formatCount(report.operations)} operations of ${formatCount(report.members)} members, ${formatCount(report.lots)} lots, in ${report.seconds.toFixed(1)} s (${formatCount(rate)} operations/s)`;
      const differences = report.differences.map(({ member, what }) => `  ${member}: ${what}`);
      const verdict =
        report.differenceCount === 0
          ? "All of it is as the operations say."
          : `${formatCount(report.differenceCount)} differences:\n${differences.join("\n")}`;
      context.result(report, `${head}\n${verdict}`);
      return report.differenceCount === 0 ? EXIT.ok : EXIT.refused;
    } finally {
      await opened.close();
    }
  },
});
