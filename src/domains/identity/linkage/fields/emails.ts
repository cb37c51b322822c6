import { type Email, formatEmail } from "../../normalise/email.ts";
import { countValues, shareSql } from "./frequency.ts";
import { atLeast, atMost, edits, either, eitherEmpty, equal, jaroWinkler } from "./similar.ts";
import type { FieldPlan, Level } from "./types.ts";

const LEVELS: readonly Level[] = [
  { label: "same", when: equal("value") },
  { label: "same local part", when: equal("local") },
  { label: "local part with one typo", when: atMost(edits("local"), 1) },
  {
    label: "Jaro-Winkler ≥ 0.92 or two typos",
    when: either(atLeast(jaroWinkler("value"), 0.92), atMost(edits("local"), 2)),
  },
  { label: "Jaro-Winkler ≥ 0.85", when: atLeast(jaroWinkler("value"), 0.85) },
  { label: "different" },
];

/** An e-mail address: the whole, its local part, then typos in either. */
export function planEmail(field: string, emails: readonly (Email | undefined)[]): FieldPlan {
  const values = emails.map((email) => (email ? formatEmail(email) : ""));
  const counted = countValues(values);
  return {
    field,
    kind: "email",
    columns: [
      { name: "value", type: "bytes" },
      { name: "local", type: "bytes" },
      { name: "freq", type: "int" },
    ],
    derived: [],
    comparisons: [
      {
        field,
        belongs: "person",
        missing: eitherEmpty("value"),
        levels: LEVELS,
        frequency: (l) => shareSql(l("freq"), counted),
      },
    ],
    counted: [counted],
    atoms: [
      { label: `same ${field}`, field },
      { label: `local part of ${field}`, field },
      { label: `domain of ${field}`, field },
      { label: `first letters of ${field}`, field },
    ],
    cells: (row) => [values[row] ?? "", emails[row]?.local ?? "", counted.countOf(row)],
    keys: (row) => {
      const email = emails[row];
      return email ? [formatEmail(email), email.local, email.domain, email.local.slice(0, 5)] : ["", "", "", ""];
    },
  };
}
