import { createIdentifierKeys } from "#domains/identity/index.ts";
import { type LoadedProgrammes, loadProgrammes } from "#domains/program/index.ts";
import { createCheckout } from "#flows/checkout/index.ts";
import { type CompareReport, compareWallets, importWallets, type WalletsFailure } from "#flows/move-in/index.ts";
import type { OpenHome } from "#main/home/open-home.ts";
import { identifierSecret } from "#main/identifier-secret.ts";
import { TableFileError } from "#platform/tables/read-table.ts";
import { type CommandContext, defineCommand, EXIT, failure } from "../command.ts";
import { formatCount, formatPoints } from "../format.ts";

const SHOWN = 20;

export const importWalletsCommand = defineCommand({
  name: "import wallets",
  summary: "Open wallets with the lots of another programme against control totals, or compare them in a parallel run",
  usage: "import wallets FILE --source NAME (--control TOTALS.csv | --compare)",
  example: "dolka import wallets examples/move-in/wallets.csv --source old-club --control examples/move-in/control.csv",
  options: {
    source: { type: "string", placeholder: "NAME", description: "The programme they come from, as for import members" },
    control: { type: "string", placeholder: "FILE", description: "Lots and points per funder that the file must hold" },
    compare: { type: "boolean", description: "Write nothing: report per member what differs from the wallets here" },
  },
  async run(context, { positionals, values }) {
    const [file] = positionals;
    if (!file || positionals.length > 1) throw failure.badUsage("Name one file to import.");
    const { source, control, compare } = values;
    if (!source) throw failure.badUsage("Name the programme the wallets come from with --source NAME.");
    if (!compare && !control)
      throw failure.badUsage("Name the control totals with --control FILE, or ask to --compare.");
    const opened = await context.openHome();
    try {
      const { pool } = opened;
      const programmes = await loadProgrammes({ pool, clock: context.clock });
      if (!programmes.latest) throw failure.refused("No programme has been applied yet: dolka apply FILE.");
      if (compare) return await runCompare(context, opened, programmes, { file, source });
      return await runImport(context, opened, programmes, { file, source, controlFile: control as string });
    } catch (error) {
      if (error instanceof TableFileError) throw failure.refused(error.message);
      throw error;
    } finally {
      await opened.close();
    }
  },
});

async function runImport(
  context: CommandContext,
  { pool }: OpenHome,
  programmes: LoadedProgrammes,
  request: { file: string; source: string; controlFile: string },
): Promise<number> {
  const { clock, signal } = context;
  const checkout = createCheckout({ pool, clock, programmes, identifierSecret: identifierSecret(context.home) });
  const { calendar } = programmes.current();
  const bar = context.progress("Wallets");
  const imported = await importWallets({ checkout, clock, calendar, signal }, request, (done) => bar.set(done));
  bar.finish();
  if (!imported.ok) throw refusal(imported.failure);
  const report = imported.value;
  const refused = report.refused.slice(0, SHOWN).map(({ member, reason }) => `  member ${member}: ${reason}`);
  context.result(
    report,
    [
      `Members ${formatCount(report.members)} = ${formatCount(report.opened)} opened + ${formatCount(report.replayed)} already there + ${formatCount(report.refused.length)} refused`,
      `Points  ${formatPoints(report.cents)} in ${formatCount(report.rows)} lots; control totals agree`,
      ...refused,
    ].join("\n"),
  );
  return report.refused.length === 0 && !signal.aborted ? EXIT.ok : EXIT.refused;
}

function refusal(refused: WalletsFailure) {
  if (refused.code === "control-totals-differ") {
    return failure.refused(
      ["Nothing was written: the control totals differ.", ...refused.differences].join("\n"),
      refused,
    );
  }
  const rows = refused.rows.slice(0, SHOWN).map(({ row, reason }) => `row ${row}: ${reason}`);
  return failure.refused(["Nothing was written: rows can't be read.", ...rows].join("\n"), refused);
}

async function runCompare(
  context: CommandContext,
  { pool }: OpenHome,
  programmes: LoadedProgrammes,
  request: { file: string; source: string },
): Promise<number> {
  const bar = context.progress("Comparing");
  const report = await compareWallets(
    {
      pool,
      now: context.clock.now,
      calendar: () => programmes.current().calendar,
      operator: () => programmes.current().operator,
      identifierKey: createIdentifierKeys(identifierSecret(context.home)),
    },
    request,
    (done) => bar.set(done),
  );
  bar.finish();
  context.result(report, compareText(report));
  return report.differences.length === 0 && report.unreadable.length === 0 ? EXIT.ok : EXIT.refused;
}

function compareText(report: CompareReport): string {
  const differences = report.differences
    .slice(0, SHOWN)
    .flatMap(({ member, reason, lines }) => [
      `  member ${member}${reason === "unknown-member" ? " is not known here" : ""}`,
      ...lines.map(
        ({ funder, lastDay, thereCents, hereCents }) =>
          `    ${funder}, ${lastDay ?? "for good"}: there ${formatPoints(thereCents)}, here ${formatPoints(hereCents)}`,
      ),
    ]);
  return [
    `Members ${formatCount(report.members)}: ${formatCount(report.equal)} equal, ${formatCount(report.differences.length)} differ`,
    `Points  there ${formatPoints(report.thereCents)}, here ${formatPoints(report.hereCents)}`,
    ...differences,
    ...report.unreadable.slice(0, SHOWN).map(({ row, reason }) => `  row ${row} can't be compared: ${reason}`),
  ].join("\n");
}
