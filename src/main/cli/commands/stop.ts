import { userInfo } from "node:os";
import { listStops, type Stop, type Stopped, type StopScope } from "#domains/guards/index.ts";
import { loadProgrammes } from "#domains/program/index.ts";
import { resume, stop } from "#flows/guards/index.ts";
import { formatInstant } from "#kernel/time.ts";
import { defineCommand, failure } from "../command.ts";

const SCOPES: readonly StopScope[] = ["programme", "partner", "funder", "mission"];
const WHO = {
  reason: { type: "string", description: "why, for the record", placeholder: "TEXT" },
  by: { type: "string", description: "who, for the record (default: the user of the system)", placeholder: "NAME" },
} as const;
const MOST_LISTED = 200;

export const stopCommand = defineCommand({
  name: "stop",
  summary: "Stop earning or spending, on every process within a second; receipts are taken all the same",
  usage: "stop earning|spending programme|partner|funder|mission [ID] --reason TEXT [--by NAME]",
  example: 'dolka stop earning partner kalitka --reason "Receipts sent twice under new numbers"',
  options: WHO,
  async run(context, { positionals, values }) {
    const [what, scope, id, ...rest] = positionals;
    if (what !== "earning" && what !== "spending") throw failure.badUsage("Say what to stop: earning or spending.");
    if (!isScope(scope)) throw failure.badUsage(`Say of what: ${SCOPES.join(", ")}.`);
    if ((scope === "programme") !== (id === undefined) || rest.length > 0) {
      throw failure.badUsage("Name one partner, funder or mission; of the programme none.");
    }
    if (what === "spending" && (scope === "funder" || scope === "mission")) {
      throw failure.badUsage("Spending is stopped of the programme or at a partner.");
    }
    if (!values.reason) throw failure.badUsage("--reason is needed: whoever resumes it wants to know.");
    const home = await context.openHome();
    try {
      const { pool } = home;
      const { clock } = context;
      const stopped = await stop(
        { pool, clock, programmes: await loadProgrammes({ pool, clock }) },
        {
          ...{ scope, what: what as Stopped, reason: values.reason, by: values.by ?? userInfo().username },
          ...(id === undefined ? {} : { id }),
        },
      );
      if (!stopped.ok) {
        throw failure.refused(
          stopped.failure.code === "no-programme"
            ? "No programme has been applied yet: dolka apply FILE."
            : `There is no ${scope} '${stopped.failure.value}'.`,
        );
      }
      const { stop: made, isNew } = stopped.value;
      context.result(made, `${isNew ? "Stopped" : "Stopped already"}: ${textOf(made)}`);
    } finally {
      await home.close();
    }
  },
});

export const stopListCommand = defineCommand({
  name: "stop list",
  summary: "What is stopped now: since when, by whom, why",
  usage: "stop list",
  example: "dolka stop list",
  options: {},
  async run(context) {
    const home = await context.openHome();
    try {
      const stops = await listStops(home.pool, { isStanding: true, limit: MOST_LISTED });
      context.result(stops, stops.length === 0 ? "Nothing is stopped." : stops.map(textOf).join("\n"));
    } finally {
      await home.close();
    }
  },
});

export const resumeCommand = defineCommand({
  name: "resume",
  summary: "Let what was stopped go on",
  usage: "resume NUMBER --reason TEXT [--by NAME]",
  example: 'dolka resume 12 --reason "The store\'s software is mended"',
  options: WHO,
  async run(context, { positionals, values }) {
    const [text, ...rest] = positionals;
    if (text === undefined || !/^[1-9]\d{0,9}$/.test(text) || rest.length > 0) {
      throw failure.badUsage("Give the stop's number, as `dolka stop list` shows it.");
    }
    if (!values.reason) throw failure.badUsage("--reason is needed, for the record.");
    const home = await context.openHome();
    try {
      const { pool } = home;
      const request = { stopId: Number(text), by: values.by ?? userInfo().username, reason: values.reason };
      const resumed = await resume({ pool, clock: context.clock }, request);
      if (resumed === undefined) throw failure.refused(`There is no stop ${text}.`);
      context.result(resumed, `Resumed: ${textOf(resumed)}`);
    } finally {
      await home.close();
    }
  },
});

function isScope(text: string | undefined): text is StopScope {
  return SCOPES.includes(text as StopScope);
}

function textOf({ stopId, what, scope, subject, stoppedAt, stoppedBy, reason }: Stop): string {
  return `${stopId}  ${what} of ${scope} ${subject} since ${formatInstant(stoppedAt)}, by ${stoppedBy}: ${reason}`;
}
