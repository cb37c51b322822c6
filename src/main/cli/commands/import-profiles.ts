import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { loadProgrammes } from "#domains/program/index.ts";
import { createProfiles, importProfiles, readProfileMapping } from "#flows/profiles/index.ts";
import { identifierSecret } from "#main/identifier-secret.ts";
import { identitySettings } from "#main/identity-settings.ts";
import { masterKey } from "#main/master-key.ts";
import { TableFileError } from "#platform/tables/read-table.ts";
import { defineCommand, EXIT, failure } from "../command.ts";
import { formatCount } from "../format.ts";

const SHOWN = 20;

export const importProfilesCommand = defineCommand({
  name: "import profiles",
  summary: "Take in what a partner knows of its people: who is new, known, merged; may be repeated",
  usage: "import profiles FILE --mapping FILE",
  example: "dolka import profiles examples/profiles/people.csv --mapping examples/profiles/mapping.yaml",
  options: {
    mapping: { type: "string", placeholder: "FILE", description: "How columns become fields (YAML)" },
  },
  async run(context, { positionals, values }) {
    const [file] = positionals;
    if (!file || positionals.length > 1) throw failure.badUsage("Name one file to import.");
    if (!values.mapping) throw failure.badUsage("Name the mapping with --mapping FILE.");
    const mapping = readProfileMapping(await textOf(values.mapping), values.mapping);
    if (!mapping.ok) {
      throw failure.refused(
        mapping.failure.map((fault) => `${fault.file}:${fault.line}:${fault.column} ${fault.message}`).join("\n"),
      );
    }
    const opened = await context.openHome();
    try {
      const { clock, signal } = context;
      const programmes = await loadProgrammes({ pool: opened.pool, clock });
      if (!programmes.latest) throw failure.refused("No programme has been applied yet: dolka apply FILE.");
      const { partner } = mapping.value;
      if (!programmes.latest.partners.has(partner)) throw failure.refused(`The programme has no partner "${partner}".`);
      const profiles = createProfiles({
        ...{ pool: opened.pool, clock, programmes },
        identifierSecret: identifierSecret(context.home),
        masterKey: masterKey(context.home),
        settings: identitySettings(context.home),
        random: randomBytes,
      });
      const bar = context.progress("Profiles");
      const { calendar } = programmes.latest;
      const report = await importProfiles({ profiles, clock, calendar, signal }, file, mapping.value, (rows) =>
        bar.set(rows),
      );
      bar.finish();
      const { decisions } = report;
      const told = Object.entries(decisions).map(([decision, count]) => `${formatCount(count)} ${decision}`);
      const refused = report.refused.slice(0, SHOWN).map(({ row, reason }) => `  row ${row}: ${reason}`);
      const more = report.refused.length > SHOWN ? [`  and ${formatCount(report.refused.length - SHOWN)} more`] : [];
      const sum = [...told, `${formatCount(report.known)} known`, `${formatCount(report.refused.length)} refused`];
      context.result(report, [`Rows ${formatCount(report.rows)} = ${sum.join(" + ")}`, ...refused, ...more].join("\n"));
      return report.refused.length === 0 && !signal.aborted ? EXIT.ok : EXIT.refused;
    } catch (error) {
      if (error instanceof TableFileError) throw failure.refused(error.message);
      throw error;
    } finally {
      await opened.close();
    }
  },
});

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw failure.refused(`${file} can't be read: ${(error as Error).message}`);
  }
}
