import { applyProgramme, canonicalJson, formatProgrammeError, type ProgrammeDocument } from "#domains/program/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { BroughtParts, ManageDeps } from "./work-kind.ts";

export type BringFailure =
  | { readonly code: "no-programme" }
  /** Someone else applied a programme meanwhile: ask again. */
  | { readonly code: "programme-conflict"; readonly latestVersion: number }
  | { readonly code: "unfit"; readonly reason: string };

export type BringRequest = {
  readonly parts: BroughtParts;
  /** Parts with this prefix that are not among `parts` leave. */
  readonly leavingPrefix?: string;
  /** The file's name and the comment of the version. */
  readonly name: string;
  readonly who: string;
};

const SECTIONS = ["boosts", "campaigns", "caps", "rules"] as const;

/** Makes the programme's next version with these parts in it; nothing is applied where it has them already. */
export async function bringParts(deps: ManageDeps, request: BringRequest): Promise<Result<boolean, BringFailure>> {
  await deps.programmes.refresh?.();
  const { latest } = deps.programmes;
  if (latest === undefined) return err({ code: "no-programme" });
  const whole = withParts(latest.document, request);
  const text = canonicalJson(whole);
  if (text === canonicalJson(latest.document)) return ok(false);
  const applied = await applyProgramme(deps, {
    file: { text, name: request.name },
    appliedBy: request.who,
    comment: request.name[0]?.toUpperCase() + request.name.slice(1),
    expectedVersion: latest.version,
    isWhole: true,
  });
  if (applied.ok) {
    await deps.programmes.refresh?.();
    return ok(true);
  }
  const { failure } = applied;
  if (failure.code === "programme-conflict") return err(failure);
  const reason =
    failure.code === "programme-invalid" ? failure.errors.map(formatProgrammeError).join("; ") : failure.code;
  return err({ code: "unfit", reason });
}

function withParts(document: ProgrammeDocument, { parts, leavingPrefix }: BringRequest): ProgrammeDocument {
  const sections = SECTIONS.map((section) => {
    const known = Object.entries(document[section]);
    const kept = leavingPrefix === undefined ? known : known.filter(([id]) => !id.startsWith(leavingPrefix));
    return [section, { ...Object.fromEntries(kept), ...parts[section] }] as const;
  });
  return { ...document, ...Object.fromEntries(sections) };
}
