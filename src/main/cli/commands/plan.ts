import { type Change, formatChanges, type Plan, parseProgramme, planProgramme } from "#domains/program/index.ts";
import { formatInstant } from "#kernel/time.ts";
import { defineCommand } from "../command.ts";
import { invalidProgramme, programmeFile } from "../programme-file.ts";

export const planCommand = defineCommand({
  name: "plan",
  summary: "Show what applying a programme file would change",
  usage: "plan FILE [--check]",
  example: "dolka plan examples/demo/programme.yaml",
  options: {
    check: { type: "boolean", default: false, description: "only check the file, without the engines" },
  },
  async run(context, { positionals, values }) {
    const file = programmeFile(positionals);
    if (values.check) {
      const parsed = parseProgramme(file.text, file.name);
      if (!parsed.ok) throw invalidProgramme(parsed.failure);
      context.result({ valid: true }, `${file.name} is a valid programme.`);
      return;
    }
    const home = await context.openHome();
    try {
      const planned = await planProgramme(home.pool, file);
      if (!planned.ok) throw invalidProgramme(planned.failure);
      context.result(planJson(planned.value), planText(planned.value));
    } finally {
      await home.close();
    }
  },
});

export function planJson(plan: Plan): Record<string, unknown> {
  const { baseVersion, baseEffectiveFromAt, isUnchanged, hash, changes } = plan;
  return {
    baseVersion,
    ...(baseEffectiveFromAt === undefined ? {} : { baseEffectiveFrom: formatInstant(baseEffectiveFromAt) }),
    isUnchanged,
    hash,
    changes,
  };
}

/** Changes as lines, counted at the end, risks marked with `(! …)`. */
export function planText(plan: Plan): string {
  if (plan.isUnchanged) return `Nothing to do: version ${plan.baseVersion} is the same.`;
  const head = plan.baseVersion === 0 ? "The first version:" : `Changes to version ${plan.baseVersion}:`;
  return [head, ...formatChanges(plan.changes).map((line) => `  ${line}`), summary(plan.changes)].join("\n");
}

function summary(changes: readonly Change[]): string {
  const count = (kind: Change["kind"]) => changes.filter((change) => change.kind === kind).length;
  const risks = changes.filter((change) => change.risk !== undefined).length;
  const parts = [`${count("added")} added`, `${count("changed")} changed`, `${count("removed")} removed`];
  return `${parts.join(", ")}${risks > 0 ? `; ${risks} to think about` : ""}.`;
}
