export { isPhoneCountry } from "../normalise/phone.ts";
export {
  FIELD_KINDS,
  type FieldConfig,
  type FieldKind,
  LINK_DEFAULTS,
  type LinkConfig,
  type LinkInput,
} from "./config.ts";
export { type Scores, scoreClusters } from "./evaluate/metrics.ts";
export { type Linkage, type LinkDeps, type LinkStep, linkRecords } from "./link-records.ts";
export type { LinkedPair } from "./model/fit.ts";
export { explainPair, outcomeWeight, totalWeight, type WeightStep } from "./model/weights.ts";
