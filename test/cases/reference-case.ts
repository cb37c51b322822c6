import type { Step } from "./stage.ts";

/** One of the 25 reference cases of ledger and settlement; a case may have several scenarios, each on fresh members. */
export type ReferenceCase = {
  readonly number: number;
  readonly title: string;
  readonly scenarios: readonly Scenario[];
};

export type Scenario = {
  readonly title: string;
  readonly steps: readonly Step[];
  /** The reference model is a ledger: of merges, erasure, missions and subscriptions it knows nothing. */
  readonly isBeyondModel: boolean;
};

type Scenarios = Readonly<Record<string, readonly Step[]>>;

export function referenceCase(
  number: number,
  title: string,
  scenarios: Scenarios,
  beyondModel: Scenarios = {},
): ReferenceCase {
  const listed = (of: Scenarios, isBeyondModel: boolean) =>
    Object.entries(of).map(([name, steps]) => ({ title: name, steps, isBeyondModel }));
  return { number, title, scenarios: [...listed(scenarios, false), ...listed(beyondModel, true)] };
}
