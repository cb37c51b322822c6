import type { Pool } from "pg";
import {
  claimName,
  displayName,
  type NameFailure,
  type Participant,
  putParticipant,
  readParticipant,
  releaseNames,
  removeParticipant,
  skeleton,
} from "#domains/games/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { Clock } from "#platform/clock.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { activeGame } from "../active-games.ts";

export type BoardDeps = { readonly pool: Pool; readonly clock: Clock; readonly programmes: Programmes };

export type ParticipationFailure =
  | NameFailure
  | { readonly code: "name-taken" }
  | { readonly code: "no-programme" }
  | { readonly code: "unknown-game" }
  | { readonly code: "game-not-live" };

/** Takes part in a leaderboard under a name, or changes the name. A name is one member's, by what it looks like. */
export async function takePart(
  deps: BoardDeps,
  member: MemberId,
  gameId: string,
  text: string,
): Promise<Result<Participant, ParticipationFailure>> {
  const found = await leaderboard(deps, gameId);
  if (!found.ok) return found;
  if (found.value.state !== "live") return err({ code: "game-not-live" });
  const named = displayName(text);
  if (!named.ok) return named;
  const plain = skeleton(named.value);
  return transaction(deps.pool, async (client) => {
    if (!(await claimName(client, gameId, plain, member))) return err({ code: "name-taken" } as const);
    await releaseNames(client, gameId, member, plain);
    const known = await readParticipant(client, member, gameId);
    const joinedAt = known?.joinedAt ?? deps.clock.now();
    const participant = { member, game: gameId, name: named.value, joinedAt };
    await putParticipant(client, participant);
    return ok(participant);
  });
}

/** Leaves a leaderboard: the name is shown nowhere any more, not in weeks that are closed either. Repeated, nothing changes. */
export async function leave(
  deps: BoardDeps,
  member: MemberId,
  gameId: string,
): Promise<Result<undefined, ParticipationFailure>> {
  const found = await leaderboard(deps, gameId);
  if (!found.ok) return found;
  await transaction(deps.pool, async (client) => {
    await removeParticipant(client, member, gameId);
    await releaseNames(client, gameId, member);
  });
  return ok(undefined);
}

export async function leaderboard(deps: BoardDeps, gameId: string) {
  if (!deps.programmes.latest) return err({ code: "no-programme" } as const);
  const found = await activeGame(deps.pool, deps.programmes.current(), gameId);
  if (found === undefined || found.game.play.kind !== "leaderboard") return err({ code: "unknown-game" } as const);
  return ok({ ...found, play: found.game.play });
}
