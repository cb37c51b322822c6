import { type StoredWork, workStore } from "#domains/publishing/index.ts";
import type { GameForecast } from "../core/cost.ts";
import type { GameDocument } from "../core/document/schema.ts";

export type StoredGame = StoredWork<GameDocument, GameForecast>;

/** The statements over `game` and `game_log`. */
export const gameStore = workStore<GameDocument, GameForecast>("game");
