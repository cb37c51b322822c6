import type { ClientBase, Pool } from "pg";
import { type GameTerms, gameStore, gameTerms, type StoredGame } from "#domains/games/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";

/** Games that ever went live, with the programme's categories and policies of today. */
export async function activeGames(client: ClientBase | Pool, programme: CompiledProgramme): Promise<GameTerms[]> {
  const stored = await gameStore.list(client);
  return stored.filter(({ liveSpans }) => liveSpans.length > 0).map((game) => termsOf(game, programme));
}

/** A game that is live now, or has been; undefined for drafts and unknown ids. */
export async function activeGame(
  client: ClientBase | Pool,
  programme: CompiledProgramme,
  id: string,
): Promise<{ readonly game: GameTerms; readonly state: StoredGame["state"] } | undefined> {
  const stored = await gameStore.read(client, id);
  if (stored === undefined || stored.liveSpans.length === 0) return undefined;
  return { game: termsOf(stored, programme), state: stored.state };
}

function termsOf({ id, document, liveSpans }: StoredGame, programme: CompiledProgramme): GameTerms {
  const live = liveSpans.map(([fromAt, untilAt]) => ({ fromAt, untilAt: untilAt ?? Number.POSITIVE_INFINITY }));
  return gameTerms(id, document, live, programme);
}
