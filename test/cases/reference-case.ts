import type { Step } from "./stage.ts";

/** One of the 25 reference cases of ledger and settlement; a case may have several scenarios, each on fresh members. */
export type ReferenceCase = {
  readonly number: number;
  readonly title: string;
  readonly scenarios: readonly Scenario[];
  /** What of the case can't be shown yet, and what it waits for. */
  readonly pending?: string;
};

export type Scenario = {
  readonly title: string;
  readonly steps: readonly Step[];
};

export function referenceCase(
  number: number,
  title: string,
  scenarios: Readonly<Record<string, readonly Step[]>>,
  pending?: string,
): ReferenceCase {
  return {
    number,
    title,
    scenarios: Object.entries(scenarios).map(([name, steps]) => ({
      title: name,
      steps,
    })),
    ...(pending ? { pending } : {}),
  };
}
