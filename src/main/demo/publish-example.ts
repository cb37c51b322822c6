import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formatProgrammeError } from "#domains/program/index.ts";
import type { Drafted, DraftFailure, DraftRequest } from "#flows/publishing/index.ts";
import type { Result } from "#kernel/result.ts";
import { type Day, formatDay } from "#kernel/time.ts";

type Kind = "mission" | "offer";
type Refused = { readonly code: string };

/** How one kind of thing is published. */
export type Publishing<Of extends Kind> = {
  draft(request: DraftRequest): Promise<Result<Drafted[], DraftFailure<Of>>>;
  forecast(request: { readonly id: string; readonly who: string }): Promise<Result<unknown, Refused>>;
  change(request: {
    readonly id: string;
    readonly action: "approve";
    readonly who: string;
    readonly comment: string;
  }): Promise<Result<unknown, Refused>>;
};

const AUTHOR = "demo";

/**
 * Takes a file of examples/demo live, with its days moved to these, approved by another person than its author. One that
 * an earlier, broken-off start has approved stays as it is. Throws what is wrong with it: then the example is.
 */
export async function publishExample<Of extends Kind>(
  name: string,
  days: { readonly from: Day; readonly until: Day },
  publishing: Publishing<Of>,
): Promise<void> {
  const path = fileURLToPath(new URL(`../../../examples/demo/${name}`, import.meta.url));
  const text = readFileSync(path, "utf8")
    .replaceAll(/from: \d{4}-\d{2}-\d{2}/g, `from: ${formatDay(days.from)}`)
    .replaceAll(/until: \d{4}-\d{2}-\d{2}/g, `until: ${formatDay(days.until)}`);
  const file = { name: `examples/demo/${name}`, text };
  const drafted = await publishing.draft({ file, who: AUTHOR, comment: "" });
  if (!drafted.ok) {
    const { failure } = drafted;
    if ("errors" in failure) throw new Error(failure.errors.map(formatProgrammeError).join("\n"));
    if (failure.code.endsWith("-approved")) return;
    throw new Error(`${file.name} was refused: ${failure.code}`);
  }
  for (const { id } of drafted.value) {
    await publishing.forecast({ id, who: AUTHOR });
    const live = await publishing.change({ id, action: "approve", who: "demo's other person", comment: "" });
    if (!live.ok) throw new Error(`${id} of ${file.name} was not approved: ${live.failure.code}`);
  }
}
