export { followLevels } from "./follow-levels.ts";
export { runLevels } from "./run-levels.ts";
export { settleLevels } from "./settle-levels.ts";
