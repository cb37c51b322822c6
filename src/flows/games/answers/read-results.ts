import { countAnswers, gameStore } from "#domains/games/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { BoardDeps } from "../board/participate.ts";
import { questionsGame } from "./answer-questions.ts";

/** Fewer answers than this show nothing, and counts are rounded down to tens: nobody's answer can be told from them. */
const LEAST_ANSWERED = 20;
const ROUNDED_TO = 10;

export type Results = {
  readonly answered: number;
  readonly isTooFew: boolean;
  readonly questions: Readonly<Record<string, Readonly<Record<string, number>>>>;
};

/** How often each answer was given. `partner`: only of its own games. */
export async function readResults(
  deps: BoardDeps,
  gameId: string,
  partner?: string,
): Promise<Result<Results, { readonly code: "no-programme" | "unknown-game" }>> {
  const found = await questionsGame(deps, gameId);
  if (!found.ok) return found;
  const owner = (await gameStore.read(deps.pool, gameId))?.partner;
  if (partner !== undefined && owner !== partner) return err({ code: "unknown-game" });
  const { answered, counts } = await countAnswers(deps.pool, gameId);
  if (answered < LEAST_ANSWERED) return ok({ answered: 0, isTooFew: true, questions: {} });
  const rounded = (count: number) => count - (count % ROUNDED_TO);
  const known = new Map(counts.map(({ question, answer, members }) => [`${question} ${answer}`, members]));
  const questions = Object.entries(found.value.play.document.questions).map(([question, { answers }]) => {
    const its = Object.keys(answers).map(
      (answer) => [answer, rounded(known.get(`${question} ${answer}`) ?? 0)] as const,
    );
    return [question, Object.fromEntries(its)] as const;
  });
  return ok({ answered: rounded(answered), isTooFew: false, questions: Object.fromEntries(questions) });
}
