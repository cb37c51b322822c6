import { userInfo } from "node:os";
import { type Applied, type ApplyFailure, applyProgramme } from "#domains/program/index.ts";
import { type EpochMs, formatInstant, parseInstant } from "#kernel/time.ts";
import { type CommandFailure, defineCommand, failure } from "../command.ts";
import { invalidProgramme, programmeFile } from "../programme-file.ts";
import { planJson, planText } from "./plan.ts";

export const applyCommand = defineCommand({
  name: "apply",
  summary: "Apply a programme file as the next version of the programme",
  usage: "apply FILE [--from TIME] [--comment TEXT] [--by NAME] [--expect N] [--backdate]",
  example: 'dolka apply examples/demo/programme.yaml --comment "Fish on Thursdays"',
  options: {
    from: {
      type: "string",
      description: "from which time of receipts it holds, as 2026-03-01T00:00:00+03:00 (default: now)",
      placeholder: "TIME",
    },
    comment: { type: "string", default: "", description: "why, for the record", placeholder: "TEXT" },
    by: { type: "string", description: "who, for the record (default: the user of the system)", placeholder: "NAME" },
    expect: {
      type: "string",
      description: "refuse when another version than N was applied last: the plan that was seen is out of date",
      placeholder: "N",
    },
    backdate: {
      type: "boolean",
      default: false,
      description: "allow --from in the past: late receipts since then are priced with it",
    },
  },
  async run(context, { positionals, values }) {
    const file = programmeFile(positionals);
    const effectiveFromAt = instant(values.from);
    const expectedVersion = versionNumber(values.expect);
    const home = await context.openHome();
    try {
      const applied = await applyProgramme(
        { pool: home.pool, clock: context.clock },
        {
          file,
          appliedBy: values.by ?? userInfo().username,
          comment: values.comment,
          ...(effectiveFromAt === undefined ? {} : { effectiveFromAt }),
          ...(expectedVersion === undefined ? {} : { expectedVersion }),
          mayBackdate: values.backdate,
        },
      );
      if (!applied.ok) throw refused(applied.failure);
      context.result(appliedJson(applied.value), appliedText(applied.value));
    } finally {
      await home.close();
    }
  },
});

function instant(text: string | undefined): EpochMs | undefined {
  if (text === undefined) return undefined;
  const at = parseInstant(text);
  if (at === undefined) throw failure.badUsage(`--from takes a time such as 2026-03-01T00:00:00+03:00, not '${text}'.`);
  return at;
}

function versionNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw failure.badUsage(`--expect takes the number of a version, not '${text}'.`);
  return Number(text);
}

function refused(reason: ApplyFailure): CommandFailure {
  switch (reason.code) {
    case "programme-invalid":
      return invalidProgramme(reason.errors);
    case "programme-conflict":
      return failure.refused(
        `Version ${reason.latestVersion} was applied meanwhile. Look at \`dolka plan\` again before applying.`,
        reason,
      );
    case "programme-backdated":
      return failure.refused(
        "The version would begin in the past, where receipts have been priced already. Late ones would be priced anew; --backdate allows it.",
        { code: reason.code, earliest: formatInstant(reason.earliestAt) },
      );
  }
}

function appliedJson({ version, isNew, effectiveFromAt, plan }: Applied): Record<string, unknown> {
  return { version, isNew, effectiveFrom: formatInstant(effectiveFromAt), plan: planJson(plan) };
}

function appliedText({ version, isNew, effectiveFromAt, plan }: Applied): string {
  if (!isNew) return planText(plan);
  return `${planText(plan)}\nApplied as version ${version}, in force from ${formatInstant(effectiveFromAt)}.`;
}
