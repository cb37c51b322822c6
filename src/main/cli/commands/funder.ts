import { userInfo } from "node:os";
import type { FunderEntry } from "#domains/limits/index.ts";
import { loadProgrammes } from "#domains/program/index.ts";
import { enterFunds, type FunderNow, type FundsFailure, readFunders } from "#flows/limits/index.ts";
import { formatInstant } from "#kernel/time.ts";
import { type CommandFailure, defineCommand, failure } from "../command.ts";
import { formatPoints, formatRoubles } from "../format.ts";

const ENTRY_OPTIONS = {
  key: { type: "string", description: "names this entry: the same again changes nothing", placeholder: "KEY" },
  note: { type: "string", default: "", description: "the payment order or the reason", placeholder: "TEXT" },
  by: { type: "string", description: "who, for the record (default: the user of the system)", placeholder: "NAME" },
} as const;

export const funderListCommand = defineCommand({
  name: "funder list",
  summary: "What each partner owes for its points, and what covers it",
  usage: "funder list",
  example: "dolka funder list",
  options: {},
  async run(context) {
    const home = await context.openHome();
    try {
      const programmes = await loadProgrammes({ pool: home.pool, clock: context.clock });
      if (!programmes.latest) throw failure.refused("No programme has been applied yet: dolka apply FILE.");
      const programme = programmes.current();
      const funders = await readFunders(home.pool, programme, programme.policies.expectedRedemptionBp);
      context.result(funders, funders.map(funderText).join("\n"));
    } finally {
      await home.close();
    }
  },
});

export const funderDepositCommand = entryCommand("deposit", "Enter a deposit or a top-up of a prepaid partner");
export const funderWithdrawCommand = entryCommand("withdraw", "Enter what a prepaid partner is paid back");

function entryCommand(verb: "deposit" | "withdraw", summary: string) {
  return defineCommand({
    name: `funder ${verb}`,
    summary,
    usage: `funder ${verb} PARTNER ROUBLES --key KEY [--note TEXT] [--by NAME]`,
    example: `dolka funder ${verb} obereg 500000 --key 2026-11-20/318 --note "Payment order 318"`,
    options: ENTRY_OPTIONS,
    async run(context, { positionals, values }) {
      const [funder, roubles, ...rest] = positionals;
      if (funder === undefined || roubles === undefined || rest.length > 0) {
        throw failure.badUsage("Name one partner and a sum in roubles.");
      }
      if (values.key === undefined) throw failure.badUsage("--key is needed: it keeps a repeat from counting twice.");
      const amountKopecks = kopecksOf(roubles);
      const home = await context.openHome();
      try {
        const { pool } = home;
        const { clock } = context;
        const entered = await enterFunds(
          { pool, clock, programmes: await loadProgrammes({ pool, clock }) },
          {
            funder,
            key: values.key,
            kind: verb === "deposit" ? "deposit" : "withdrawal",
            amountKopecks,
            note: values.note,
            by: values.by ?? userInfo().username,
          },
        );
        if (!entered.ok) throw refused(entered.failure);
        const { entry, isReplay } = entered.value;
        context.result({ ...entry, isReplay }, entryText(entry, isReplay));
      } finally {
        await home.close();
      }
    },
  });
}

function kopecksOf(text: string): number {
  const match = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text);
  const kopecks = match ? Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0")) : 0;
  if (kopecks === 0) throw failure.badUsage(`Expected a sum in roubles such as 500000 or 99.90, not '${text}'.`);
  return kopecks;
}

function entryText(entry: FunderEntry, isReplay: boolean): string {
  const { funder, kind, amountKopecks, depositedCents, enteredBy, enteredAt } = entry;
  const head = isReplay ? `Entered before, at ${formatInstant(enteredAt)} by ${enteredBy}: ` : "";
  return `${head}${kind} of ${formatRoubles(amountKopecks)} by ${funder}, entry ${entry.entry}; deposited in all: ${formatPoints(depositedCents)} points.`;
}

function funderText({ funder, cover, ...sums }: FunderNow): string {
  const owes = `outstanding ${formatPoints(sums.outstandingCents)}, unsettled ${formatPoints(sums.unsettledCents)}, expected claim ${formatPoints(sums.expectedClaimCents)}`;
  const covered =
    cover === undefined
      ? ""
      : `; ${cover.mode}, ${cover.state}: ${formatPoints(cover.usedCents)} of ${formatPoints(cover.limitCents)} used, ${formatPoints(cover.leftCents)} left`;
  const waits = sums.reservedCents === 0 ? "" : `; ${formatPoints(sums.reservedCents)} wait for a top-up`;
  return `${funder}: ${owes}${covered}${waits}`;
}

function refused(reason: FundsFailure): CommandFailure {
  switch (reason.code) {
    case "no-programme":
      return failure.refused("No programme has been applied yet: dolka apply FILE.", reason);
    case "unknown-funder":
      return failure.refused("The programme has no such partner.", reason);
    case "funder-not-prepaid":
      return failure.refused(`${reason.funder} is postpaid: it has no deposit.`, reason);
    case "deposit-short":
      return failure.refused(
        `Only ${formatPoints(reason.freeCents)} points are free: the rest is with members, or waits to be given.`,
        reason,
      );
    case "idempotency-conflict":
      return failure.refused("That key was used for another entry.", reason);
  }
}
