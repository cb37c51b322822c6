import { randomBytes, randomUUID } from "node:crypto";
import { createKeyWrapper } from "#domains/identity/index.ts";
import { loadProgrammes } from "#domains/program/index.ts";
import { type LinkMembersReport, linkMembers } from "#flows/link-population/index.ts";
import { identitySettings } from "#main/identity-settings.ts";
import { masterKey } from "#main/master-key.ts";
import { type CommandContext, EXIT, failure } from "../command.ts";
import { formatCount } from "../format.ts";

const OF_FILES = ["config", "truth", "out", "html"] as const;

/** `dolka link --population`: the members of this home, here and now; Ctrl-C cancels. */
export async function linkPopulation(
  context: CommandContext,
  positionals: readonly string[],
  values: Readonly<Partial<Record<(typeof OF_FILES)[number], string>>>,
) {
  const other = OF_FILES.find((option) => values[option] !== undefined);
  if (positionals.length > 0 || other !== undefined) {
    throw failure.badUsage(
      "`dolka link --population` links the members of the home; it takes no file and no other option.",
    );
  }
  const home = await context.openHome();
  const bar = context.progress("Linking members", 100);
  try {
    const { clock, signal } = context;
    const programmes = await loadProgrammes({ pool: home.pool, clock });
    if (!programmes.latest) throw failure.refused("No programme has been applied yet: dolka apply FILE.");
    const done = await linkMembers(
      {
        ...{ pool: home.pool, clickhouse: home.clickhouse, clock, programmes, newId: randomUUID },
        keys: createKeyWrapper(masterKey(context.home), randomBytes),
        settings: identitySettings(context.home),
      },
      {
        ...{ askedBy: "dolka link --population", signal },
        onProgress: (progress, step) => bar.set(Math.round(progress * 100), step),
      },
    );
    if (!done.ok) {
      const isRunning = done.failure.code === "linkage-running";
      throw failure.refused(
        isRunning ? "Another process is linking the members; one runs at a time." : "The linkage was cancelled.",
        done.failure,
      );
    }
    const { run, report } = done.value;
    context.result({ run, ...report }, reportText(run, report));
    return EXIT.ok;
  } finally {
    bar.finish();
    await home.close();
  }
}

function reportText(run: string, report: LinkMembersReport): string {
  const { outcomes, thresholds, left } = report;
  return [
    `${formatCount(report.members)} members, ${formatCount(report.comparedPairs)} pairs compared (${run})`,
    `Merged from ${thresholds.merge.toFixed(3)}, asked from ${thresholds.review.toFixed(3)}`,
    `  ${formatCount(outcomes.merged)} merged, ${formatCount(outcomes.review + outcomes.guarded)} for a person (${formatCount(outcomes.guarded)} by a guard), ${formatCount(outcomes.waiting)} waiting already`,
    `  ${formatCount(outcomes.apart)} kept apart before, ${formatCount(outcomes.together)} one already, ${formatCount(outcomes.gone)} gone`,
    ...(left > 0
      ? [`  ${formatCount(left)} more between the thresholds: identity.yaml limits how many people are asked`]
      : []),
  ].join("\n");
}
