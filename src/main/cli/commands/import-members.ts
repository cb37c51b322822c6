import { createIdentifierKeys } from "#domains/identity/index.ts";
import { loadProgrammes } from "#domains/program/index.ts";
import { createRegisterDeps, importMembers } from "#flows/move-in/index.ts";
import { identifierSecret } from "#main/identifier-secret.ts";
import { TableFileError } from "#platform/tables/read-table.ts";
import { defineCommand, EXIT, failure } from "../command.ts";
import { formatCount } from "../format.ts";

const SHOWN = 20;

export const importMembersCommand = defineCommand({
  name: "import members",
  summary: "Register the members of another programme: identifiers, levels, segments; may be repeated",
  usage: "import members FILE --source NAME",
  example: "dolka import members examples/move-in/members.csv --source old-club",
  options: {
    source: { type: "string", placeholder: "NAME", description: "The programme they come from, part of their id" },
  },
  async run(context, { positionals, values }) {
    const [file] = positionals;
    if (!file || positionals.length > 1) throw failure.badUsage("Name one file to import.");
    const { source } = values;
    if (!source) throw failure.badUsage("Name the programme the members come from with --source NAME.");
    const opened = await context.openHome();
    try {
      const { clock, signal } = context;
      const programmes = await loadProgrammes({ pool: opened.pool, clock });
      if (!programmes.latest) throw failure.refused("No programme has been applied yet: dolka apply FILE.");
      const deps = createRegisterDeps(opened.pool, createIdentifierKeys(identifierSecret(context.home)));
      const bar = context.progress("Members");
      const { calendar } = programmes.latest;
      const report = await importMembers({ ...deps, clock, calendar, signal }, { file, source }, (rows) =>
        bar.set(rows),
      );
      bar.finish();
      const refused = report.refused.slice(0, SHOWN).map(({ row, reason }) => `  row ${row}: ${reason}`);
      const more = report.refused.length > SHOWN ? [`  and ${formatCount(report.refused.length - SHOWN)} more`] : [];
      context.result(
        report,
        [
          `Rows ${formatCount(report.rows)} = ${formatCount(report.created)} new + ${formatCount(report.known)} known + ${formatCount(report.refused.length)} refused`,
          ...refused,
          ...more,
        ].join("\n"),
      );
      return report.refused.length === 0 && !signal.aborted ? EXIT.ok : EXIT.refused;
    } catch (error) {
      if (error instanceof TableFileError) throw failure.refused(error.message);
      throw error;
    } finally {
      await opened.close();
    }
  },
});
