import {
  type GameTerms,
  gamePeriod,
  gameStore,
  listMemberDraws,
  loadAnswers,
  loadAwards,
  loadGameContributions,
  loadGameProgress,
  openRights,
  readParticipant,
  type StoredAward,
} from "#domains/games/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import { activeGames } from "../active-games.ts";
import type { BoardDeps } from "./participate.ts";

/** What a member sees of a game. Right answers of a quiz are not in it. */
export type MemberGame = {
  readonly game: GameTerms;
  readonly state: string;
  readonly until: EpochMs;
  readonly awards: readonly StoredAward[];
  readonly achievement?: {
    readonly steps: readonly { readonly id: string; readonly value: number; readonly target: number }[];
    readonly doneAt?: EpochMs;
  };
  readonly draw?: { readonly rights: number; readonly draws: number };
  readonly leaderboard?: { readonly name?: string };
  readonly questions?: {
    readonly isAnswered: boolean;
    readonly answers?: Readonly<Record<string, readonly string[]>>;
    readonly consent?: string;
  };
};

/** Games that are on for a member now, and achievements that were reached. */
export async function readMemberGames(deps: BoardDeps, member: MemberId): Promise<MemberGame[]> {
  const programme = deps.programmes.current();
  const now = deps.clock.now();
  const states = new Map((await gameStore.list(deps.pool)).map(({ id, state }) => [id, state]));
  const progress = new Map((await loadGameProgress(deps.pool, member)).map((row) => [row.game, row]));
  const answers = new Map((await loadAnswers(deps.pool, [member])).map((row) => [row.game, row]));
  const awards = Map.groupBy(await loadAwards(deps.pool, [member]), ({ game }) => game);
  const shown: MemberGame[] = [];
  for (const game of await activeGames(deps.pool, programme)) {
    const { fromAt, untilAt } = gamePeriod(game.document, programme.calendar);
    const state = states.get(game.id) ?? "ended";
    const done = progress.get(game.id);
    const isOn = state === "live" && now >= fromAt && now < untilAt;
    if (!isOn && done?.done === undefined) continue;
    const common = { game, state, until: untilAt, awards: awards.get(game.id) ?? [] };
    switch (game.play.kind) {
      case "achievement":
        shown.push({ ...common, achievement: achievementOf(game, done) });
        break;
      case "draw":
        shown.push({ ...common, draw: await drawsOf(deps, programme, game, member, now) });
        break;
      case "leaderboard": {
        const name = (await readParticipant(deps.pool, member, game.id))?.name;
        shown.push({ ...common, leaderboard: name === undefined ? {} : { name } });
        break;
      }
      case "questions": {
        const given = answers.get(game.id);
        const consent = given?.withdrawnAt === undefined ? given?.consent?.version : undefined;
        const told = given === undefined ? {} : { answers: given.answers };
        shown.push({
          ...common,
          questions: { isAnswered: given !== undefined, ...told, ...(consent === undefined ? {} : { consent }) },
        });
      }
    }
  }
  return shown;
}

type Done = Awaited<ReturnType<typeof loadGameProgress>>[number] | undefined;

/** Somebody who has done nothing of it yet sees what is asked for. */
function achievementOf({ play }: GameTerms, done: Done): NonNullable<MemberGame["achievement"]> {
  if (play.kind !== "achievement") return { steps: [] };
  const targets =
    play.distinct === undefined
      ? play.steps.map(({ id, target }) => ({ id, target }))
      : [{ id: "goal", target: play.distinct.needed }];
  const steps = done?.steps ?? targets.map((step) => ({ ...step, value: 0 }));
  return { steps, ...(done?.done === undefined ? {} : { doneAt: done.done.at }) };
}

async function drawsOf(
  { pool }: BoardDeps,
  { calendar }: CompiledProgramme,
  game: GameTerms,
  member: MemberId,
  now: EpochMs,
): Promise<NonNullable<MemberGame["draw"]>> {
  if (game.play.kind !== "draw") return { rights: 0, draws: 0 };
  const draws = await listMemberDraws(pool, member, game.id);
  const contributions = await loadGameContributions(pool, [member], game.id);
  const used = new Set(draws.map(({ source }) => source));
  const rights = openRights(contributions, used, game, game.play, now, calendar);
  return { rights: rights.length, draws: draws.length };
}
