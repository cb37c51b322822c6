import type { PartnerId } from "#kernel/ids.ts";
import type { BasisPoints, Kopecks } from "#kernel/money.ts";
import { isQuantity, moneyKopecks, percentBp } from "../document/quantities.ts";
import type { ProgrammeDocument } from "../document/schema.ts";
import { listOf, type Text, textOf } from "../document/shorthand.ts";
import { sortedIds } from "./tables.ts";

/** What partners pay the operator by the month, for the settlement; pricing never looks at it. */
export type FeeTerms = {
  readonly id: string;
  readonly title: Text;
  readonly partners: readonly PartnerId[];
  readonly charge:
    | { readonly kopecks: Kopecks }
    | { readonly of: "issued" | "redeemed"; readonly rateBp: BasisPoints; readonly atLeastKopecks: Kopecks };
};

export function compileFees(document: ProgrammeDocument): FeeTerms[] {
  // Versions stored before there were fees have none.
  const fees: Partial<ProgrammeDocument>["fees"] = document.fees;
  const all = sortedIds(document.partners).filter((id) => id !== document.programme.operator);
  return Object.entries(fees ?? {}).map(([id, fee]) => ({
    id,
    title: textOf(fee.name),
    partners: fee.partners === undefined ? all : [...new Set(listOf(fee.partners))].sort(),
    charge: isQuantity("percent", fee.charge)
      ? {
          of: fee.of ?? "issued",
          rateBp: percentBp(fee.charge),
          atLeastKopecks: fee.atLeast === undefined ? 0 : moneyKopecks(fee.atLeast),
        }
      : { kopecks: moneyKopecks(fee.charge) },
  }));
}
