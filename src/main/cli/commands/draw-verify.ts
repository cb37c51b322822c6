import { readFileSync } from "node:fs";
import { type DrawFault, type RevealedPeriod, verifyDraws } from "#domains/games/index.ts";
import { defineCommand, failure } from "../command.ts";

/** An answer of GET /v1/games/{id}/periods/{period}, as it was saved. */
type Page = Omit<RevealedPeriod, "draws"> & { readonly items: RevealedPeriod["draws"]; readonly next?: string };

export const drawVerifyCommand = defineCommand({
  name: "draw verify",
  summary:
    "Verify every draw of a revealed period, offline, from the saved answers of GET /v1/games/{id}/periods/{period}",
  usage: "draw verify FILE... [--commitment HASH]",
  example: "dolka draw verify wheel-2026-03-02.json --commitment 0c1b2a3f…",
  options: {
    commitment: {
      type: "string",
      description: "commitmentHash as it was published before the period, or told with a draw",
      placeholder: "HASH",
    },
  },
  async run(context, { positionals, values }) {
    if (positionals.length === 0) throw failure.badUsage("Name a file with a revealed period.");
    const pages = positionals.map(readPage);
    const [first] = pages as [Page, ...Page[]];
    const draws = pages.flatMap(({ items }) => items);
    const faults: DrawFault[] = pages.flatMap((page) =>
      page.commitmentHash === first.commitmentHash ? [] : [{ code: "commitment-differs" as const }],
    );
    if (values.commitment !== undefined && values.commitment !== first.commitmentHash)
      faults.push({ code: "commitment-differs" });
    faults.push(...verifyDraws({ ...first, draws }));
    const { game, period } = first.commitment;
    if (faults.length > 0) throw failure.refused(`${game}, ${period}: ${faults.map(faultText).join(" ")}`, { faults });
    const given: Record<string, number> = {};
    for (const draw of draws) given[draw.given] = (given[draw.given] ?? 0) + 1;
    const counts = Object.entries(given).map(([prize, count]) => `  ${prize.padEnd(16)} ${count}`);
    const text = [
      `${game}, ${period}: ${draws.length} draws, each as its seeds and the published terms say.`,
      ...counts,
    ];
    context.result({ game, period, draws: draws.length, given }, text.join("\n"));
  },
});

function readPage(name: string): Page {
  let page: unknown;
  try {
    page = JSON.parse(readFileSync(name, "utf8"));
  } catch (error) {
    throw failure.refused(`${name} can't be read: ${(error as Error).message}`);
  }
  const { commitment, commitmentHash, serverSeed, items } = (page ?? {}) as Partial<Page>;
  if (
    commitment?.prizes === undefined ||
    commitmentHash === undefined ||
    serverSeed === undefined ||
    !Array.isArray(items)
  ) {
    throw failure.refused(
      `${name} is no revealed period: commitment, commitmentHash, serverSeed and items are needed.`,
    );
  }
  return page as Page;
}

function faultText(fault: DrawFault): string {
  switch (fault.code) {
    case "commitment-differs":
      return "The terms are not those that were committed to.";
    case "seed-differs":
      return "The seed is not the one that was committed to.";
    case "draw-missing":
      return `Draw ${fault.nonce} is missing.`;
    case "draw-differs":
      return `Draw ${fault.nonce} gave something else than its seeds say.`;
  }
}
