import { createWriteStream } from "node:fs";
import { userInfo } from "node:os";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createCodes, type OfferForecast } from "#domains/offers/index.ts";
import { loadProgrammes } from "#domains/program/index.ts";
import { createCheckout } from "#flows/checkout/index.ts";
import {
  changeOfferState,
  changePromoState,
  createFindByIdentifier,
  draftOffers,
  draftPromos,
  exportCodes,
  forecastOfferDraft,
  forecastPromoDraft,
  importAssignments,
  planOffers,
  planPromos,
} from "#flows/offers/index.ts";
import type { StateAction } from "#flows/publishing/index.ts";
import { identifierSecret } from "#main/identifier-secret.ts";
import { TableFileError } from "#platform/tables/read-table.ts";
import { type Command, defineCommand, EXIT, failure } from "../command.ts";
import { formatCount, formatPoints } from "../format.ts";
import { BY, COMMENT, draftedText, fileOf, refusedOf, withHome } from "./published-files.ts";

const KINDS = {
  offer: {
    file: "examples/demo/offers.yaml",
    id: "coffee",
    use: { plan: planOffers, draft: draftOffers, forecast: forecastOfferDraft, change: changeOfferState },
  },
  promotion: {
    file: "examples/demo/promotions.yaml",
    id: "spring",
    use: { plan: planPromos, draft: draftPromos, forecast: forecastPromoDraft, change: changePromoState },
  },
} as const;

const SUMMARIES: Record<StateAction, string> = {
  approve: "Approve a draft that somebody else wrote: it goes live",
  pause: "Pause it: nobody earns by it meanwhile",
  resume: "Let it go on",
  end: "End it for good",
};

/** `dolka offer plan|apply|approve|pause|resume|end`, and the same of promotions. */
export const offerCommands: readonly Command[] = (["offer", "promotion"] as const).flatMap((kind) => [
  planCommandOf(kind),
  applyCommandOf(kind),
  ...(["approve", "pause", "resume", "end"] as const).map((action) => stateCommandOf(kind, action)),
]);

function planCommandOf(kind: keyof typeof KINDS): Command {
  const { file, use } = KINDS[kind];
  return defineCommand({
    name: `${kind} plan`,
    summary: `Check a file of ${kind}s and show what taking it would change`,
    usage: `${kind} plan FILE`,
    example: `dolka ${kind} plan ${file}`,
    options: {},
    async run(context, { positionals }) {
      await withHome(context, async (deps) => {
        const planned = await use.plan(deps, { file: fileOf(positionals, "one file"), who: "", comment: "" });
        if (!planned.ok) throw refusedOf(kind, planned.failure);
        context.result(planned.value, draftedText(planned.value));
      });
    },
  });
}

function applyCommandOf(kind: keyof typeof KINDS): Command {
  const { file, use } = KINDS[kind];
  return defineCommand({
    name: `${kind} apply`,
    summary: `Take the ${kind}s of a file as drafts, each with a forecast of its cost`,
    usage: `${kind} apply FILE [--by NAME] [--comment TEXT]`,
    example: `dolka ${kind} apply ${file} --by anna`,
    options: { by: BY, comment: COMMENT },
    async run(context, { positionals, values }) {
      await withHome(context, async (deps) => {
        const who = values.by ?? userInfo().username;
        const drafted = await use.draft(deps, { file: fileOf(positionals, "one file"), who, comment: values.comment });
        if (!drafted.ok) throw refusedOf(kind, drafted.failure);
        const forecasts: { id: string; forecast: OfferForecast }[] = [];
        for (const { id, change } of drafted.value) {
          if (change === "unchanged") continue;
          const made = await use.forecast(deps, { id, who });
          if (!made.ok) throw refusedOf(kind, made.failure);
          if (made.value.forecast !== undefined) forecasts.push({ id, forecast: made.value.forecast });
        }
        const text = [draftedText(drafted.value), ...forecasts.map(forecastText)].join("\n");
        context.result({ drafted: drafted.value, forecasts }, text);
      });
    },
  });
}

function stateCommandOf(kind: keyof typeof KINDS, action: StateAction): Command {
  const { id, use } = KINDS[kind];
  return defineCommand({
    name: `${kind} ${action}`,
    summary: `${SUMMARIES[action]} (${kind})`,
    usage: `${kind} ${action} ID [--by NAME] [--comment TEXT]`,
    example: `dolka ${kind} ${action} ${id} --by boris`,
    options: { by: BY, comment: COMMENT },
    async run(context, { positionals, values }) {
      const [named, ...rest] = positionals;
      if (named === undefined || rest.length > 0) throw failure.badUsage(`Name one ${kind}.`);
      await withHome(context, async (deps) => {
        const who = values.by ?? userInfo().username;
        const changed = await use.change(deps, { id: named, action, who, comment: values.comment });
        if (!changed.ok) throw refusedOf(kind, changed.failure);
        const { state, revision } = changed.value;
        context.result({ id: named, state, revision }, `${kind} ${named}: ${state}.`);
      });
    },
  });
}

const SHOWN = 20;

export const importOffersCommand = defineCommand({
  name: "import offers",
  summary: "Give a personal offer to the members of a file; goes on where it was interrupted, may be repeated",
  usage: "import offers FILE --offer ID [--by NAME]",
  example: "dolka import offers members.csv --offer coffee",
  options: { offer: { type: "string", placeholder: "ID", description: "Which offer" }, by: BY },
  async run(context, { positionals, values }) {
    const [file] = positionals;
    if (!file || positionals.length > 1) throw failure.badUsage("Name one file to import.");
    const { offer } = values;
    if (!offer) throw failure.badUsage("Name the offer with --offer ID.");
    const home = await context.openHome();
    try {
      const { pool } = home;
      const { clock, signal } = context;
      const programmes = await loadProgrammes({ pool, clock });
      const secret = identifierSecret(context.home);
      const checkout = createCheckout({ pool, clock, programmes, identifierSecret: secret });
      const bar = context.progress("Members");
      const found = { findByIdentifier: createFindByIdentifier(pool, secret), onRow: (rows: number) => bar.set(rows) };
      const deps = { pool, clock, programmes, checkout, signal, ...found };
      const done = await importAssignments(deps, file, offer, values.by ?? userInfo().username);
      bar.finish();
      await checkout.drain();
      if (!done.ok) throw refusedOf("offer", done.failure);
      const { rows, assigned, known, refused: bad, isWhole } = done.value;
      const lines = bad.slice(0, SHOWN).map(({ row, reason }) => `  row ${row}: ${reason}`);
      const sum = `${formatCount(assigned)} given + ${formatCount(known)} had it + ${formatCount(bad.length)} refused`;
      context.result(done.value, [`Rows ${formatCount(rows)}: ${sum}`, ...lines].join("\n"));
      return bad.length === 0 && isWhole ? EXIT.ok : EXIT.refused;
    } catch (error) {
      if (error instanceof TableFileError) throw failure.refused(error.message);
      throw error;
    } finally {
      await home.close();
    }
  },
});

export const exportCodesCommand = defineCommand({
  name: "export codes",
  summary: "Write the codes of a promotion to a file, once: afterwards nobody can make them again",
  usage: "export codes PROMOTION --to FILE",
  example: "dolka export codes spring --to codes.csv",
  options: { to: { type: "string", placeholder: "FILE", description: "Where they go (CSV); it must not exist yet" } },
  async run(context, { positionals, values }) {
    const [promotion, ...rest] = positionals;
    if (promotion === undefined || rest.length > 0) throw failure.badUsage("Name one promotion.");
    const { to } = values;
    if (!to) throw failure.badUsage("Name the file with --to FILE.");
    await withHome(context, async ({ pool, clock }) => {
      const codes = createCodes(identifierSecret(context.home));
      const exported = await exportCodes({ pool, clock, codes }, promotion, undefined);
      if (!exported.ok) throw refusedOf("promotion", exported.failure);
      let count = 0;
      const lines = async function* () {
        yield "code\n";
        for await (const code of exported.value) {
          count++;
          yield `${code}\n`;
        }
      };
      // Readable only by whoever runs it: these are as good as money.
      await pipeline(Readable.from(lines()), createWriteStream(to, { flags: "wx", mode: 0o600 }));
      context.result({ promotion, codes: count, file: to }, `${formatCount(count)} codes in ${to}.`);
    });
  },
});

function forecastText({ id, forecast }: { id: string; forecast: OfferForecast }): string {
  const { users, pointsCents, assumptions, exceedsBudget } = forecast;
  const range = ({ low, expected, high }: OfferForecast["users"], show: (value: number) => string) =>
    `${show(expected)} (${show(low)} to ${show(high)})`;
  const over = exceedsBudget ? ", more than the budget" : "";
  return `${id}: ${range(users, formatCount)} members (${assumptions.usingIs}), points ${range(pointsCents, formatPoints)}${over}`;
}
