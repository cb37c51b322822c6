import { userInfo } from "node:os";
import { listAlerts } from "#domains/guards/index.ts";
import { loadProgrammes } from "#domains/program/index.ts";
import { createCheckout } from "#flows/checkout/index.ts";
import { decideAlert, parseAlertId, renderAlert } from "#flows/guards/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { identifierSecret } from "#main/identifier-secret.ts";
import { defineCommand, failure } from "../command.ts";
import { formatPoints } from "../format.ts";

const MOST_LISTED = 200;

export const alertListCommand = defineCommand({
  name: "alert list",
  summary: "What velocity rules noticed, newest first; --open is the queue of decisions",
  usage: "alert list [--open] [--rule ID] [--partner ID] [--member ID]",
  example: "dolka alert list --open",
  options: {
    open: { type: "boolean", default: false, description: "those whose points wait for a decision" },
    rule: { type: "string", description: "of one velocity rule", placeholder: "ID" },
    partner: { type: "string", description: "at one partner", placeholder: "ID" },
    member: { type: "string", description: "of one member, mem_...", placeholder: "ID" },
  },
  async run(context, { values }) {
    const { rule, partner } = values;
    const member = values.member === undefined ? undefined : memberIds.parse(values.member);
    if (values.member !== undefined && member === undefined) {
      throw failure.badUsage(`--member is a member's id, mem_..., not '${values.member}'.`);
    }
    const home = await context.openHome();
    try {
      const alerts = await listAlerts(home.pool, {
        limit: MOST_LISTED,
        ...(values.open ? { state: "open" as const } : {}),
        ...(rule === undefined ? {} : { rule }),
        ...(partner === undefined ? {} : { partner }),
        ...(member === undefined ? {} : { member }),
      });
      const shown = alerts.map(renderAlert);
      context.result(shown, shown.length === 0 ? "There is none." : shown.map(textOf).join("\n"));
    } finally {
      await home.close();
    }
  },
});

export const alertDecideCommand = defineCommand({
  name: "alert decide",
  summary: "Let the points of a purchase go, or take them back; by an operation, once",
  usage: "alert decide ALERT release|take-back --note TEXT [--by NAME]",
  example: 'dolka alert decide alr_0123456789abcdef0123456789abcdef release --note "The store confirms the order"',
  options: {
    note: { type: "string", description: "why, for the record", placeholder: "TEXT" },
    by: { type: "string", description: "who, for the record (default: the user of the system)", placeholder: "NAME" },
  },
  async run(context, { positionals, values }) {
    const [text = "", decision, ...rest] = positionals;
    const alertId = parseAlertId(text);
    if (alertId === undefined || rest.length > 0) {
      throw failure.badUsage("Give one alert, alr_..., as `dolka alert list` shows it.");
    }
    if (decision !== "release" && decision !== "take-back") throw failure.badUsage("Say release or take-back.");
    if (!values.note) throw failure.badUsage("--note is needed, for the record.");
    const home = await context.openHome();
    try {
      const { pool } = home;
      const { clock } = context;
      const programmes = await loadProgrammes({ pool, clock });
      const checkout = createCheckout({ pool, clock, programmes, identifierSecret: identifierSecret(context.home) });
      const by = values.by ?? userInfo().username;
      const decided = await decideAlert({ pool, clock, checkout }, { alertId, decision, by, note: values.note });
      await checkout.drain();
      if (!decided.ok) throw failure.refused(refusalOf(text, decided.failure));
      const shown = renderAlert(decided.value);
      context.result(shown, textOf(shown));
    } finally {
      await home.close();
    }
  },
});

function refusalOf(alert: string, refused: { readonly code: string; readonly state?: string }): string {
  if (refused.code === "unknown-alert") return `There is no alert ${alert}.`;
  if (refused.code === "alert-not-open") return `${alert} is ${refused.state}: there is nothing to decide.`;
  if (refused.code === "no-programme") return "No programme has been applied yet: dolka apply FILE.";
  return `Not decided: ${refused.code}.`;
}

function textOf({ alert, raisedAt, state, kind, hits, ...rest }: ReturnType<typeof renderAlert>): string {
  const where = [rest.partner, rest.store, rest.till].filter((each) => each !== undefined).join(" ");
  const rules = hits.map(({ rule, measured }) => `${rule} (${measured})`).join(", ");
  const who = rest.member === undefined ? "" : ` ${rest.member}`;
  const told = rest.note === undefined ? "" : `, by ${rest.decidedBy}: ${rest.note}`;
  return `${alert}  ${raisedAt}  ${state}  ${kind} at ${where}${who}, ${formatPoints(rest.pointsCents)} points: ${rules}${told}`;
}
