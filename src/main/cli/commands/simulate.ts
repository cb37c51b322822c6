import { writeFileSync } from "node:fs";
import { loadProgrammes } from "#domains/program/index.ts";
import { simulate, simulationHtml, simulationText } from "#flows/simulate/index.ts";
import { type Calendar, parseDay } from "#kernel/time.ts";
import { defineCommand, failure } from "../command.ts";
import { invalidProgramme, programmeFile } from "../programme-file.ts";

/** Looked back on unless told. */
const DEFAULT_DAYS = 28;

export const simulateCommand = defineCommand({
  name: "simulate",
  summary: "Show what a changed programme would have cost on the receipts that were",
  usage:
    "simulate --change FILE [--from DAY] [--to DAY] [--base booked|latest] [--budgets run-dry|endless] [--partner P] [--html PAGE.html]",
  example: "dolka simulate --change examples/simulate/more-for-subscribers.yaml --html what-if.html",
  options: {
    change: { type: "string", placeholder: "FILE", description: "a programme, or a patch of one (patch: 1)" },
    from: {
      type: "string",
      placeholder: "DAY",
      description: "first business day, YYYY-MM-DD; 28 days back unless given",
    },
    to: { type: "string", placeholder: "DAY", description: "last business day; yesterday unless given" },
    base: {
      type: "string",
      placeholder: "WHICH",
      description: "booked: each receipt's own version (for a patch); latest: the programme of now (for a whole one)",
    },
    budgets: {
      type: "string",
      placeholder: "HOW",
      description:
        "run-dry: they end when used up, in order of time (unless given); endless: the report says by how much",
    },
    partner: {
      type: "string",
      placeholder: "PARTNER",
      description: "as this partner would see it: a patch of its own rules",
    },
    html: { type: "string", placeholder: "PAGE", description: "also write a page with charts" },
  },
  async run(context, { positionals, values }) {
    if (values.change === undefined || positionals.length > 0) {
      throw failure.badUsage("Name the change: dolka simulate --change FILE.");
    }
    const { base } = values;
    if (base !== undefined && base !== "booked" && base !== "latest") {
      throw failure.badUsage("--base is booked or latest.");
    }
    const { budgets, partner } = values;
    if (budgets !== undefined && budgets !== "run-dry" && budgets !== "endless") {
      throw failure.badUsage("--budgets is run-dry or endless.");
    }
    const change = programmeFile([values.change]);
    const home = await context.openHome();
    const bar = context.progress("Replaying receipts", 100);
    try {
      const programmes = await loadProgrammes({ pool: home.pool, clock: context.clock });
      if (!programmes.latest) throw failure.refused("No programme has been applied yet: dolka apply FILE.");
      if (partner !== undefined && !programmes.latest.partners.has(partner)) {
        throw failure.badUsage(`--partner is a partner of the programme, not ${partner}.`);
      }
      const window = windowOf(programmes.latest.calendar, context.clock.now(), values.from, values.to);
      const done = await simulate(
        { pool: home.pool, clickhouse: home.clickhouse, programmes },
        {
          ...{ change, ...window },
          ...(base === undefined ? {} : { base }),
          ...(budgets === undefined ? {} : { budgets }),
          ...(partner === undefined ? {} : { partner }),
        },
        {
          signal: context.signal,
          onProgress: (receipts, of) => bar.set(Math.round((receipts / Math.max(of, 1)) * 100)),
        },
      );
      bar.finish();
      if (!done.ok) {
        if (done.failure.code === "change-invalid") throw invalidProgramme(done.failure.errors);
        if (done.failure.code === "foreign-change") {
          throw failure.refused(
            `That is about more than what holds at ${partner} alone: ${done.failure.paths.join(", ")}.`,
          );
        }
        throw failure.refused("No programme has been applied yet: dolka apply FILE.");
      }
      if (values.html !== undefined) writeFileSync(values.html, simulationHtml(done.value, `What if: ${change.name}`));
      context.result(done.value, simulationText(done.value));
    } finally {
      await home.close();
    }
  },
});

function windowOf(calendar: Calendar, now: number, from: string | undefined, to: string | undefined) {
  const until = to === undefined ? calendar.dayOf(now) : dayOf("--to", to) + 1;
  const first = from === undefined ? until - DEFAULT_DAYS : dayOf("--from", from);
  if (first >= until) throw failure.badUsage("--from is after --to.");
  return { fromAt: calendar.startOf(first), untilAt: calendar.startOf(until) };
}

function dayOf(option: string, text: string): number {
  const day = parseDay(text);
  if (day === undefined) throw failure.badUsage(`${option} needs a day, YYYY-MM-DD.`);
  return day;
}
