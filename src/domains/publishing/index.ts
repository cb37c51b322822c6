export { type AudienceView, type HeldTrait, isAmong } from "./core/audience.ts";
export {
  act,
  type LifeAction,
  type LifeFailure,
  type LifeState,
  type Living,
  type Published,
} from "./core/life-cycle.ts";
export { checkFunders, checkPlaces, list, type Names, oneOf, unknown } from "./core/names.ts";
export { type LogEntry, type StoredWork, type WorkStore, workStore } from "./store/works.ts";
