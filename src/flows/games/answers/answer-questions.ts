import type { PoolClient } from "pg";
import {
  type AnswerFault,
  type Answers,
  attributesOf,
  checkAnswers,
  countRight,
  type GameTerms,
  isLiveAt,
  loadAnswers,
  loadAwards,
  lockAnswer,
  putAnswer,
  putAwards,
  type QuestionsTerms,
  type StatedAttribute,
  type StoredAnswer,
  withdrawConsent,
} from "#domains/games/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { EpochMs } from "#kernel/time.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { activeGame } from "../active-games.ts";
import type { BoardDeps } from "../board/participate.ts";
import { desiredReward } from "../progress/desired.ts";

export type AnswerRequest = {
  readonly member: MemberId;
  readonly game: string;
  readonly answers: Answers;
  /** The version of the wording that the member agreed to. */
  readonly consent?: string;
};

export type AnswerFailure =
  | { readonly code: "no-programme" }
  | { readonly code: "unknown-game" }
  | { readonly code: "game-not-live" }
  | { readonly code: "already-answered" }
  | { readonly code: "consent-outdated"; readonly version: string }
  | { readonly code: "answers-invalid"; readonly faults: readonly AnswerFault[] };

export type Answered = { readonly stored: StoredAnswer; readonly hasPassed: boolean; readonly replayed: boolean };

/**
 * Takes a member's answers: a quiz's once, a poll's changed until it closes. The same answers again are a repeat. The
 * first that deserve the reward make it due; it is given once, whatever is answered later.
 */
export async function answerQuestions(
  deps: BoardDeps,
  request: AnswerRequest,
): Promise<Result<Answered, AnswerFailure>> {
  const found = await questionsGame(deps, request.game);
  if (!found.ok) return found;
  const { game, play } = found.value;
  const now = deps.clock.now();
  const isOpen = found.value.state === "live" && isLiveAt(game, now);
  const checked = checkAnswers(play.document, request.answers);
  if (!checked.ok) return err({ code: "answers-invalid", faults: checked.failure });
  const version = play.document.consent?.version;
  if (request.consent !== undefined && request.consent !== version) {
    return err({ code: "consent-outdated", version: version ?? "" });
  }
  return transaction(deps.pool, async (client) => {
    const known = await lockAnswer(client, request.member, game.id);
    if (known !== undefined && isSame(known, request)) {
      return ok({ stored: known, hasPassed: hasPassed(play, known.right), replayed: true });
    }
    if (!isOpen) return err({ code: "game-not-live" } as const);
    const isQuiz = play.document.style === "quiz";
    if (known !== undefined && isQuiz) return err({ code: "already-answered" } as const);
    const right = isQuiz ? countRight(play.document, request.answers) : undefined;
    const stored: StoredAnswer = {
      ...{ member: request.member, game: game.id, answers: request.answers, answeredAt: now },
      ...(right === undefined ? {} : { right }),
      ...(request.consent === undefined ? {} : { consent: { version: request.consent, at: now } }),
    };
    // Of two first answers that come at once one is there already when the other comes to it.
    if (!(await putAnswer(client, stored, known !== undefined))) return err({ code: "already-answered" } as const);
    if (hasPassed(play, right)) await noteReward(client, deps.programmes.current(), game, request.member, now);
    return ok({ stored, hasPassed: hasPassed(play, right), replayed: false });
  });
}

function isSame(known: StoredAnswer, { answers, consent }: AnswerRequest): boolean {
  const held = known.withdrawnAt === undefined ? known.consent?.version : undefined;
  const plain = (of: Answers) =>
    JSON.stringify(
      Object.entries(of)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, each]) => [key, each.toSorted()]),
    );
  return plain(known.answers) === plain(answers) && held === consent;
}

/** Everybody who answers a poll has done what it asks. */
function hasPassed(play: QuestionsTerms, right: number | undefined): boolean {
  return right === undefined || right >= play.pass;
}

async function noteReward(
  client: PoolClient,
  programme: CompiledProgramme,
  game: GameTerms,
  member: MemberId,
  now: EpochMs,
): Promise<void> {
  if (game.reward === undefined) return;
  // It may have come with somebody who was merged into this member.
  const known = await loadAwards(client, [member]);
  if (known.some((award) => award.game === game.id && award.key === "answers")) return;
  const desired = desiredReward(game.reward, now, programme.calendar);
  const cause = { game: game.id, kind: "answers" };
  await putAwards(client, [{ member, game: game.id, key: "answers", desired, cause, isDue: true }], now);
}

/** Withdraws the consent to a game's answers becoming attributes: they say nothing from this moment. Repeated, nothing changes. */
export async function withdrawAnswers(
  deps: BoardDeps,
  members: readonly MemberId[],
  gameId: string,
): Promise<Result<undefined, AnswerFailure>> {
  const found = await questionsGame(deps, gameId);
  if (!found.ok) return found;
  await withdrawConsent(deps.pool, members, gameId, deps.clock.now());
  return ok(undefined);
}

export async function questionsGame(deps: BoardDeps, gameId: string) {
  if (!deps.programmes.latest) return err({ code: "no-programme" } as const);
  const found = await activeGame(deps.pool, deps.programmes.current(), gameId);
  if (found === undefined || found.game.play.kind !== "questions") return err({ code: "unknown-game" } as const);
  return ok({ ...found, play: found.game.play });
}

/** What these members have said of themselves with a consent that holds, the surest first. */
export async function statedAttributes(deps: BoardDeps, members: readonly MemberId[]): Promise<StatedAttribute[]> {
  if (!deps.programmes.latest) return [];
  const now = deps.clock.now();
  const stated: StatedAttribute[] = [];
  for (const { game, answers, consent, withdrawnAt } of await loadAnswers(deps.pool, members)) {
    if (consent === undefined || withdrawnAt !== undefined) continue;
    const found = await questionsGame(deps, game);
    if (!found.ok) continue;
    stated.push(
      ...attributesOf(game, found.value.play, answers, { at: consent.at, consentVersion: consent.version }, now),
    );
  }
  return stated.sort((a, b) => b.confidenceBp - a.confidenceBp || (a.key < b.key ? -1 : 1));
}
