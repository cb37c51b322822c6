import { writeFileSync } from "node:fs";
import {
  type Act,
  actCsv,
  actPdf,
  actXlsx,
  closedMonths,
  type Language,
  listActPartners,
  readStoredAct,
} from "#domains/settlement/index.ts";
import { formatMonth } from "#kernel/time.ts";
import { defineCommand, failure } from "../command.ts";
import { monthArgument } from "../month-argument.ts";

const FORMATS = ["pdf", "xlsx", "csv"] as const;
type Format = (typeof FORMATS)[number];

export const exportActCommand = defineCommand({
  name: "export act",
  summary: "Write the settlement acts of a closed month as PDF, XLSX or CSV",
  usage: "export act MONTH [--partner ID] [--format pdf|xlsx|csv] [--language ru|en] [--to FOLDER]",
  example: "dolka export act 2026-09 --partner kalitka --format xlsx",
  options: {
    partner: { type: "string", placeholder: "ID", description: "one partner's act (default: all of the month)" },
    format: { type: "string", default: "pdf", placeholder: "FORMAT", description: "pdf, xlsx or csv" },
    language: { type: "string", default: "ru", placeholder: "LANGUAGE", description: "ru or en" },
    separator: {
      type: "string",
      default: ";",
      placeholder: "CHAR",
      description: "of CSV: ';' with decimal commas, or ',' with points",
    },
    to: { type: "string", default: ".", placeholder: "FOLDER", description: "where the files go" },
  },
  async run(context, { positionals, values }) {
    const month = monthArgument(positionals);
    const format = FORMATS.find((each) => each === values.format);
    if (format === undefined) throw failure.badUsage("--format takes pdf, xlsx or csv.");
    const { language, separator } = values;
    if (language !== "ru" && language !== "en") throw failure.badUsage("--language takes ru or en.");
    if (separator !== ";" && separator !== ",") throw failure.badUsage("--separator takes ; or ,.");
    const home = await context.openHome();
    try {
      const partners = values.partner === undefined ? await listActPartners(home.pool, month) : [values.partner];
      const files: string[] = [];
      for (const partner of partners) {
        const act = await readStoredAct(home.pool, month, partner);
        if (!act) continue;
        const file = `${values.to}/act-${formatMonth(month)}-${partner}.${format}`;
        writeFileSync(file, await render(act, format, language, separator));
        files.push(file);
      }
      if (files.length === 0) throw await nothing(home.pool, formatMonth(month));
      context.result({ files }, files.map((file) => `Wrote ${file}`).join("\n"));
    } finally {
      await home.close();
    }
  },
});

function render(act: Act, format: Format, language: Language, separator: ";" | ","): Promise<Buffer> | Buffer {
  if (format === "pdf") return actPdf(act, language);
  if (format === "xlsx") return actXlsx(act, language);
  return actCsv(act, { language, separator, bom: true });
}

async function nothing(pool: Parameters<typeof closedMonths>[0], month: string) {
  const closed = (await closedMonths(pool)).map(formatMonth);
  const list = closed.length === 0 ? "No month is closed yet." : `Closed months: ${closed.join(", ")}.`;
  return failure.refused(`There is no such act of ${month}. ${list}`);
}
