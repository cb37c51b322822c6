import { writeFileSync } from "node:fs";
import { readStored, type Settlement, settlementCsv } from "#domains/settlement/index.ts";
import { formatMonth } from "#kernel/time.ts";
import { defineCommand, failure } from "../command.ts";
import { monthArgument } from "../month-argument.ts";

export const exportSettlementCommand = defineCommand({
  name: "export settlement",
  summary: "Write a closed settlement: the matrix as CSV, or the whole frozen document as JSON",
  usage: "export settlement MONTH [--format json|csv] [--to FILE]",
  example: "dolka export settlement 2026-09 --format csv",
  options: {
    format: {
      type: "string",
      default: "json",
      placeholder: "FORMAT",
      description: "json (byte for byte what was frozen) or csv",
    },
    to: { type: "string", placeholder: "FILE", description: "settlement-MONTH.FORMAT unless given" },
  },
  async run(context, { positionals, values }) {
    const month = monthArgument(positionals);
    const { format } = values;
    if (format !== "json" && format !== "csv") throw failure.badUsage("--format takes json or csv.");
    const home = await context.openHome();
    try {
      const stored = await readStored(home.pool, month);
      if (stored?.document === undefined) throw failure.refused(`${formatMonth(month)} is not closed.`);
      const file = values.to ?? `settlement-${formatMonth(month)}.${format}`;
      const settlement = JSON.parse(stored.document) as Settlement;
      writeFileSync(file, format === "json" ? stored.document : settlementCsv(settlement));
      context.result({ file, digest: stored.digest }, `Wrote ${file} (SHA-256 of the document: ${stored.digest})`);
    } finally {
      await home.close();
    }
  },
});
