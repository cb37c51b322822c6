export { type FileFault as ProgrammeError, formatFileFault as formatProgrammeError } from "#platform/yaml/faults.ts";
export { type Applied, type ApplyFailure, type ApplyRequest, applyProgramme } from "./apply-programme.ts";
export { BUDGET_PREFIX, COVER_PREFIX, isSharedKey } from "./core/compile/cap-keys.ts";
export { compileProgramme } from "./core/compile/compile.ts";
export type {
  CompiledProgramme,
  CoverTerms,
  LevelTerms,
  PartnerTerms,
  Policies,
  StoreTerms,
} from "./core/compile/compiled.ts";
export type { VelocityAction, VelocitySubject, VelocityTerms } from "./core/compile/velocity.ts";
export { type Change, diffProgrammes, formatChange, formatChanges } from "./core/diff/diff.ts";
export { canonicalJson, documentHash } from "./core/document/canonical.ts";
export { carryMissions, MISSION_PREFIX, OFFER_PREFIX } from "./core/document/carry.ts";
export { DEFAULT_SUBSCRIPTION } from "./core/document/defaults.ts";
export { normalise } from "./core/document/normalise.ts";
export { parseProgramme } from "./core/document/parse.ts";
export * as quantities from "./core/document/quantities.ts";
export { programmeReference } from "./core/document/reference.ts";
export type { ProgrammeDocument } from "./core/document/schema.ts";
export * as schemaParts from "./core/document/schema-parts.ts";
export { textOf } from "./core/document/shorthand.ts";
export { type ExplanationRow, explain } from "./core/explain/explain.ts";
export type { Language } from "./core/explain/numbers.ts";
export * as numbers from "./core/explain/numbers.ts";
export { type BoughtAt, budgetUseOf } from "./core/price/budget-use.ts";
export { price } from "./core/price/price.ts";
export { createProgrammes, type Programmes } from "./core/programmes.ts";
export type * from "./core/types.ts";
export { type LoadedProgrammes, loadProgrammes } from "./load-programmes.ts";
export { type Plan, planProgramme } from "./plan-programme.ts";
