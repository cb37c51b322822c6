import { Type } from "typebox";
import { problemKind } from "#platform/http/problem.ts";

const NO_DETAILS = Type.Object({});

/** How a kind is called: nominative, genitive («оффера») and the path of its list. */
export type WorkWords = {
  readonly ru: string;
  readonly ruOf: string;
  readonly en: string;
  readonly path: string;
};

/** The problems of every kind's life, in its own words; the codes begin with the kind's. */
export function workProblems<Kind extends "offer" | "promotion">(kind: Kind, words: WorkWords) {
  const { ru, ruOf, en, path } = words;
  const group = {
    unknown: problemKind({
      status: 404,
      title: { ru: `Нет: ${ru}`, en: `No such ${en}` },
      detail: {
        ru: () => `Под этим именем ничего нет (${ru}), или оно чужое.`,
        en: () => `There is no ${en} of that id, or it is not for whoever asks.`,
      },
      remedy: { ru: `Список: GET ${path}.`, en: `GET ${path} lists them.` },
      details: NO_DETAILS,
      example: {},
    }),
    approved: problemKind({
      status: 409,
      title: { ru: "Уже утверждено", en: `The ${en} was approved` },
      detail: {
        ru: (details) => `«${(details as Record<string, string>)[kind]}»: утверждённое не меняется.`,
        en: (details) =>
          `"${(details as Record<string, string>)[kind]}" was approved; what it says does not change any more.`,
      },
      remedy: { ru: "Завершите и заведите под другим именем.", en: "End it and draft another one under a new id." },
      details: Type.Object({ [kind]: Type.String() }),
      example: { [kind]: "spring" },
    }),
    state: problemKind({
      status: 409,
      title: { ru: "В этом состоянии так нельзя", en: "Not in this state" },
      detail: {
        ru: ({ state, action }) => `Состояние ${ruOf}: ${state}; действие ${action} невозможно.`,
        en: ({ state, action }) => `The ${en} is ${state}; ${action} is not possible.`,
      },
      remedy: {
        ru: "Порядок: черновик, прогноз, утверждение, пауза и продолжение, завершение.",
        en: "The order is: draft, forecast, approve, pause and resume, end.",
      },
      details: Type.Object({ state: Type.String(), action: Type.String() }),
      example: { state: "ended", action: "pause" },
    }),
    needsForecast: problemKind({
      status: 409,
      title: { ru: "Нет прогноза", en: "There is no forecast" },
      detail: {
        ru: () => `У этой редакции ${ruOf} нет прогноза стоимости.`,
        en: () => `This revision of the ${en} has no forecast of its cost.`,
      },
      remedy: { ru: "Сначала сделайте прогноз: действие forecast.", en: "Make a forecast first: the action forecast." },
      details: NO_DETAILS,
      example: {},
    }),
    ownApproval: problemKind({
      status: 409,
      title: { ru: "Утверждает другой человек", en: "Somebody else has to approve" },
      detail: {
        ru: ({ editedBy }) => `Последнюю редакцию написал ${editedBy}; утвердить её должен другой.`,
        en: ({ editedBy }) => `The last revision was written by ${editedBy}; another person approves it.`,
      },
      remedy: { ru: "Попросите коллегу.", en: "Ask a colleague." },
      details: Type.Object({ editedBy: Type.String() }),
      example: { editedBy: "key_4f6w" },
    }),
    over: problemKind({
      status: 409,
      title: { ru: "Срок прошёл", en: `The ${en}'s time is over` },
      detail: { ru: () => `Последний день ${ruOf} уже прошёл.`, en: () => `The ${en}'s last day has passed.` },
      remedy: { ru: "Измените срок в черновике или заведите новое.", en: "Change the draft's days, or draft another." },
      details: NO_DETAILS,
      example: {},
    }),
    unfit: problemKind({
      status: 422,
      title: { ru: "Программа этого не принимает", en: `The programme does not take the ${en}` },
      detail: {
        ru: ({ reason }) => `Правило ${ruOf} не подходит программе: ${reason}`,
        en: ({ reason }) => `The ${en}'s rule does not fit the programme: ${reason}`,
      },
      remedy: { ru: "Исправьте черновик.", en: "Mend the draft." },
      details: Type.Object({ reason: Type.String() }),
      example: { reason: "expected a partner of this programme" },
    }),
  };
  type Group = typeof group;
  return {
    [`unknown-${kind}`]: group.unknown,
    [`${kind}-approved`]: group.approved,
    [`${kind}-state`]: group.state,
    [`${kind}-needs-forecast`]: group.needsForecast,
    [`${kind}-own-approval`]: group.ownApproval,
    [`${kind}-over`]: group.over,
    [`${kind}-unfit`]: group.unfit,
  } as unknown as { [Code in `unknown-${Kind}`]: Group["unknown"] } & {
    [Code in `${Kind}-approved`]: Group["approved"];
  } & { [Code in `${Kind}-state`]: Group["state"] } & {
    [Code in `${Kind}-needs-forecast`]: Group["needsForecast"];
  } & { [Code in `${Kind}-own-approval`]: Group["ownApproval"] } & {
    [Code in `${Kind}-over`]: Group["over"];
  } & { [Code in `${Kind}-unfit`]: Group["unfit"] };
}
