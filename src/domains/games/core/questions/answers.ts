import { quantities } from "#domains/program/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { QuestionsDocument } from "../document/schema.ts";
import type { QuestionsTerms } from "../terms.ts";

/** By question the answers chosen. */
export type Answers = Readonly<Record<string, readonly string[]>>;

export type AnswerFault = {
  readonly code: "unknown-question" | "unknown-answer" | "unanswered" | "too-many-answers" | "answered-twice";
  readonly question: string;
};

/** Every question is answered by answers that it has, as many as it takes. All faults. */
export function checkAnswers({ questions }: QuestionsDocument, answers: Answers): Result<undefined, AnswerFault[]> {
  const faults: AnswerFault[] = [];
  for (const question of Object.keys(answers)) {
    if (!Object.hasOwn(questions, question)) faults.push({ code: "unknown-question", question });
  }
  for (const [question, { answers: known, choose }] of Object.entries(questions)) {
    const chosen = Object.hasOwn(answers, question) ? (answers[question] as readonly string[]) : [];
    if (chosen.length === 0) faults.push({ code: "unanswered", question });
    else if (chosen.length > 1 && choose !== "several") faults.push({ code: "too-many-answers", question });
    else if (chosen.some((each) => !Object.hasOwn(known, each))) faults.push({ code: "unknown-answer", question });
    else if (new Set(chosen).size < chosen.length) faults.push({ code: "answered-twice", question });
  }
  return faults.length === 0 ? ok(undefined) : err(faults);
}

/** How many questions of a quiz are right: exactly the right answers are chosen. */
export function countRight({ questions }: QuestionsDocument, answers: Answers): number {
  return Object.entries(questions).filter(([question, { answers: known }]) => {
    const right = Object.keys(known).filter((each) => known[each]?.correct === true);
    const chosen = new Set(answers[question] ?? []);
    return chosen.size === right.length && right.every((each) => chosen.has(each));
  }).length;
}

/** What somebody said of himself, with consent. */
export type StatedAttribute = {
  readonly key: string;
  /** Basis points, as sure as on the day of the answer and half of it with each half-life. */
  readonly confidenceBp: number;
  readonly evidence: {
    readonly game: string;
    readonly question: string;
    readonly statedAt: EpochMs;
    readonly consentVersion: string;
  };
};

const SURE_BP = 9_000;
/** Below this it is not told. */
const LEAST_BP = 1_000;

/** Attributes that answers say at a moment. The caller has seen that consent was given and not withdrawn. */
export function attributesOf(
  game: string,
  { document, halfLifeMs }: QuestionsTerms,
  answers: Answers,
  stated: { readonly at: EpochMs; readonly consentVersion: string },
  now: EpochMs,
): StatedAttribute[] {
  const found: StatedAttribute[] = [];
  for (const [question, { answers: known }] of Object.entries(document.questions)) {
    for (const chosen of answers[question] ?? []) {
      const { attribute, confidence } = known[chosen] ?? {};
      if (attribute === undefined) continue;
      const sure = confidence === undefined ? SURE_BP : quantities.percentBp(confidence);
      const confidenceBp = Math.floor(sure * 2 ** (-Math.max(0, now - stated.at) / halfLifeMs));
      if (confidenceBp < LEAST_BP) continue;
      const evidence = { game, question, statedAt: stated.at, consentVersion: stated.consentVersion };
      found.push({ key: attribute, confidenceBp, evidence });
    }
  }
  return found;
}
