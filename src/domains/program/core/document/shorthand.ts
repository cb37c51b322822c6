import { isQuantity } from "./quantities.ts";
import type { ProgrammeDocument } from "./schema.ts";

/** Short forms of the format, spelled out. */
export type Text = { readonly ru: string; readonly en: string };
export type RuleSource = ProgrammeDocument["rules"][string];
export type EarnDetails = Exclude<RuleSource["earn"], string>;

/** One text serves both languages. */
export function textOf(name: string | { readonly ru: string; readonly en: string }): Text {
  return typeof name === "string" ? { ru: name, en: name } : name;
}

export function listOf<Item>(value: Item | readonly Item[] | undefined): readonly Item[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly Item[]) : [value as Item];
}

/** `5%`, `100 points` and `10x` stand for their details. */
export function earnDetails(earn: RuleSource["earn"]): EarnDetails {
  if (typeof earn !== "string") return earn;
  if (isQuantity("percent", earn)) return { percent: earn };
  return isQuantity("points", earn) ? { points: earn } : { multiply: earn };
}
