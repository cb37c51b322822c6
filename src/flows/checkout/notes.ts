import type { Language, Programmes } from "#domains/program/index.ts";
import type { NoteView } from "./answers.ts";
import type { ReviewBody } from "./guard.ts";

const HELD = {
  ru: "Баллы за эту покупку проверяются и станут доступны после решения",
  en: "The points of this purchase are being checked and become available once that is decided",
};
const ALL_STOPPED = {
  ru: "Начисление баллов сейчас приостановлено.",
  en: "No points are being given for now.",
};

/** What an answer says besides points, in sentences for the till and the member. */
export function notesOf(
  programmes: Programmes,
  partner: string,
  body: { readonly review?: ReviewBody; readonly stopped?: "programme" | "partner" },
  language: Language,
): readonly NoteView[] | undefined {
  const notes: NoteView[] = [];
  if (body.review) notes.push({ code: "held-for-review", why: whyHeld(programmes, body.review, language) });
  if (body.stopped)
    notes.push({ code: "earning-stopped", why: whyStopped(programmes, partner, body.stopped, language) });
  return notes.length === 0 ? undefined : notes;
}

function whyHeld(programmes: Programmes, { rules, version }: ReviewBody, language: Language): string {
  const terms = programmes.version(version).velocity;
  const names = rules.map((rule) => terms.find(({ id }) => id === rule)?.name[language] ?? rule);
  return `${HELD[language]}: ${names.join(", ")}.`;
}

function whyStopped(
  programmes: Programmes,
  partner: string,
  stopped: "programme" | "partner",
  language: Language,
): string {
  if (stopped === "programme") return ALL_STOPPED[language];
  const name = programmes.current().partners.get(partner)?.name[language] ?? partner;
  return language === "ru"
    ? `Начисление баллов в «${name}» сейчас приостановлено.`
    : `No points are being given at ${name} for now.`;
}
