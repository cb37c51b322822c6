import type { LinkConfig, LinkInput } from "./config.ts";
import { planFields } from "./fields/plan.ts";
import type { EmField, Parent } from "./model/classes.ts";
import { type Layout, layOut } from "./store/layout.ts";

/** What all steps of a linkage need to know of the input. */
export type Prepared = {
  readonly layout: Layout;
  readonly fields: readonly EmField[];
  readonly rows: number;
  readonly linking: boolean;
  /** First row of the second file; the number of rows when there is one file. */
  readonly secondFrom: number;
  readonly totalPairs: number;
  /** Whether some fields are a person's own and others are shared by a household, so that relatives can be told. */
  readonly relatives: boolean;
};

export function prepare(config: LinkConfig, input: LinkInput): Prepared {
  const linking = input.secondFrom !== undefined;
  const secondFrom = input.secondFrom ?? input.rows;
  const cyrillic = input.values.some((values) => values.some((value) => /[\u0400-\u04ff]/.test(value)));
  const layout = layOut(planFields(config, input), cyrillic);
  const fields = layout.comparisons.map(
    ({ levels, belongs, frequency }): EmField => ({
      levels: levels.length,
      personal: belongs === "person",
      frequency: frequency !== undefined,
      ...loneIdentifier(layout, input.rows),
    }),
  );
  return {
    layout,
    fields,
    rows: input.rows,
    linking,
    secondFrom,
    totalPairs: linking ? secondFrom * (input.rows - secondFrom) : (input.rows * (input.rows - 1)) / 2,
    relatives: fields.some(({ personal }) => personal) && fields.some(({ personal }) => !personal),
  };
}

/** People among whom one at most shares an identifier with another, where only that identifier is compared. */
const SHARE_AN_IDENTIFIER = 10;

/**
 * When an e-mail, phone or id is all there is, equal values can't teach whether they are one person's: then they are taken to
 * be, as such values are made to be. A name alone is not.
 */
function loneIdentifier({ plans, comparisons }: Layout, rows: number): Partial<EmField> {
  const kind = plans[0]?.kind;
  if (comparisons.length !== 1 || !(kind === "email" || kind === "phone" || kind === "id")) return {};
  return { frequency: false, mostByChance: 1 / (SHARE_AN_IDENTIFIER * Math.max(1, rows)) };
}

/** The same with fields that depend on others. */
export function withParents(prepared: Prepared, parents: readonly (Parent | undefined)[]): Prepared {
  const fields = prepared.fields.map((field, index) => {
    const parent = parents[index];
    return parent === undefined ? field : { ...field, parent };
  });
  return { ...prepared, fields };
}
