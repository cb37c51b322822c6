import type { Path } from "#platform/yaml/faults.ts";
import { percentBp } from "../quantities.ts";
import type { ProgrammeDocument } from "../schema.ts";
import type { Collector } from "./collector.ts";
import { partnersThatFit } from "./conditions.ts";

type Funders = ProgrammeDocument["rules"][string]["funders"];
type Shares = ProgrammeDocument["funderSplits"][string];

export const SELLER = "seller";

/** Named splits, and ids that a rule could not tell apart. */
export function checkFunderSplits(document: ProgrammeDocument, collector: Collector): void {
  if (Object.hasOwn(document.partners, SELLER)) {
    collector.add(
      ["partners", SELLER],
      `"${SELLER}" stands for the receipt's partner; give the partner another id`,
      "key",
    );
  }
  for (const [id, shares] of Object.entries(document.funderSplits)) {
    const path = ["funderSplits", id];
    if (Object.hasOwn(document.partners, id) || id === SELLER) {
      collector.add(path, `"${id}" is a partner too; give the split an id of its own`, "key");
    }
    checkShares(path, shares, document, collector);
    const isUsed = Object.values(document.rules).some((rule) => rule.funders === id);
    if (!isUsed) collector.add(path, `no rule uses the funder split "${id}"`, "key");
  }
}

export function checkFunders(id: string, funders: Funders, document: ProgrammeDocument, collector: Collector): void {
  const path = ["rules", id, "funders"];
  if (funders === undefined) return;
  if (typeof funders === "string") {
    const known = { ...document.partners, ...document.funderSplits, [SELLER]: true };
    collector.refer(path, funders, known, "partner or funder split");
    checkCanFund(path, funders, document, collector);
  } else if (Array.isArray(funders)) {
    collector.refer(path, funders, { ...document.partners, [SELLER]: true }, "partner");
    funders.forEach((funder, i) => {
      checkCanFund([...path, i], funder, document, collector);
      if (funders.indexOf(funder) < i) collector.add([...path, i], `"${funder}" stands here twice`);
    });
  } else {
    checkShares(path, funders as Shares, document, collector);
  }
  if (usesSeller(funders, document)) checkSellers(id, document, collector);
}

function checkShares(path: Path, shares: Shares, document: ProgrammeDocument, collector: Collector): void {
  const entries = Object.entries(shares);
  if (entries.length === 0) collector.add(path, "expected at least one funder");
  for (const [funder] of entries) {
    collector.refer([...path, funder], funder, { ...document.partners, [SELLER]: true }, "partner");
    checkCanFund([...path, funder], funder, document, collector);
  }
  const percents = entries.filter(([, share]) => typeof share === "string");
  if (percents.length === 0) return;
  if (percents.length < entries.length) {
    collector.add(path, "shares are either all parts (5, 3, 2) or all percentages");
    return;
  }
  const sum = percents.reduce((total, [, share]) => total + percentBp(String(share)), 0);
  if (sum !== 10_000) collector.add(path, `percentages must sum to 100%, these sum to ${sum / 100}%`);
}

function checkCanFund(path: Path, funder: string, document: ProgrammeDocument, collector: Collector): void {
  if (document.partners[funder]?.canFund === false) {
    collector.add(path, `"${funder}" has canFund: false, so it can't pay for points`);
  }
}

function usesSeller(funders: Funders, document: ProgrammeDocument): boolean {
  if (funders === SELLER) return true;
  if (typeof funders === "string") return Object.hasOwn(document.funderSplits[funders] ?? {}, SELLER);
  return Array.isArray(funders) ? funders.includes(SELLER) : Object.hasOwn(funders ?? {}, SELLER);
}

function checkSellers(id: string, document: ProgrammeDocument, collector: Collector): void {
  const sellers = partnersThatFit(document.rules[id]?.when, document);
  const unable = sellers.filter((partner) => document.partners[partner]?.canFund === false);
  if (unable.length > 0) {
    const message = `the seller pays, but ${unable.join(", ")} ${unable.length === 1 ? "has" : "have"} canFund: false`;
    collector.add(["rules", id, "funders"], message);
  }
}
