import { Type } from "typebox";
import { problemKind } from "#platform/http/problem.ts";

const NO_DETAILS = Type.Object({});

export const EVENT_PROBLEMS = {
  "unknown-event": problemKind({
    status: 404,
    title: { ru: "Такого события нет", en: "No such event" },
    detail: {
      ru: () => "События с таким номером нет, или оно чужое.",
      en: () => "There is no event of that id, or it is another partner's.",
    },
    remedy: {
      ru: "Спрашивайте по своему номеру события, с которым оно было отправлено.",
      en: "Ask by the id that you sent the event with.",
    },
    details: NO_DETAILS,
    example: {},
  }),
  "event-in-future": problemKind({
    status: 422,
    title: { ru: "Событие из будущего", en: "The event is from the future" },
    detail: {
      ru: () => "Время события позже, чем допускает программа.",
      en: () => "The event's time is later than the programme allows.",
    },
    remedy: { ru: "Проверьте часы и смещение времени.", en: "Check the clock and the offset of the time." },
    details: NO_DETAILS,
    example: {},
  }),
};

const PERSON = Type.Object({ editedBy: Type.String() });

export const MISSION_PROBLEMS = {
  "unknown-mission": problemKind({
    status: 404,
    title: { ru: "Такого задания нет", en: "No such mission" },
    detail: {
      ru: () => "Задания с таким именем нет, или оно чужое.",
      en: () => "There is no mission of that id, or it is another partner's.",
    },
    remedy: { ru: "Задания перечислены в GET /v1/missions.", en: "GET /v1/missions lists the missions." },
    details: NO_DETAILS,
    example: {},
  }),
  "mission-approved": problemKind({
    status: 409,
    title: { ru: "Задание уже утверждено", en: "The mission was approved" },
    detail: {
      ru: ({ mission }) => `Задание «${mission}» утверждено, его содержание не меняется.`,
      en: ({ mission }) => `Mission "${mission}" was approved; what it says does not change any more.`,
    },
    remedy: {
      ru: "Завершите его и заведите новое под другим именем.",
      en: "End it and draft another one under a new id.",
    },
    details: Type.Object({ mission: Type.String() }),
    example: { mission: "card" },
  }),
  "mission-state": problemKind({
    status: 409,
    title: { ru: "В этом состоянии так нельзя", en: "Not in this state" },
    detail: {
      ru: ({ state, action }) => `Задание в состоянии ${state}; действие ${action} невозможно.`,
      en: ({ state, action }) => `The mission is ${state}; ${action} is not possible.`,
    },
    remedy: {
      ru: "Порядок: черновик, прогноз, утверждение, пауза и продолжение, завершение.",
      en: "The order is: draft, forecast, approve, pause and resume, end.",
    },
    details: Type.Object({ state: Type.String(), action: Type.String() }),
    example: { state: "ended", action: "pause" },
  }),
  "mission-needs-forecast": problemKind({
    status: 409,
    title: { ru: "Нет прогноза", en: "There is no forecast" },
    detail: {
      ru: () => "У этой редакции задания нет прогноза стоимости.",
      en: () => "This revision of the mission has no forecast of its cost.",
    },
    remedy: {
      ru: "Сначала сделайте прогноз: действие forecast этого задания.",
      en: "Make a forecast first: the action forecast of the mission.",
    },
    details: NO_DETAILS,
    example: {},
  }),
  "mission-own-approval": problemKind({
    status: 409,
    title: { ru: "Утверждает другой человек", en: "Somebody else has to approve" },
    detail: {
      ru: ({ editedBy }) => `Последнюю редакцию написал ${editedBy}; утвердить её должен другой.`,
      en: ({ editedBy }) => `The last revision was written by ${editedBy}; another person approves it.`,
    },
    remedy: { ru: "Попросите коллегу.", en: "Ask a colleague." },
    details: PERSON,
    example: { editedBy: "key_4f6w" },
  }),
  "mission-over": problemKind({
    status: 409,
    title: { ru: "Срок задания прошёл", en: "The mission's time is over" },
    detail: { ru: () => "Последний день задания уже прошёл.", en: () => "The mission's last day has passed." },
    remedy: { ru: "Измените срок в черновике или заведите новое.", en: "Change the draft's days, or draft another." },
    details: NO_DETAILS,
    example: {},
  }),
  "mission-unfit": problemKind({
    status: 422,
    title: { ru: "Программа не принимает задание", en: "The programme does not take the mission" },
    detail: {
      ru: ({ reason }) => `Правило задания не подходит программе: ${reason}`,
      en: ({ reason }) => `The mission's rule does not fit the programme: ${reason}`,
    },
    remedy: { ru: "Исправьте черновик.", en: "Mend the draft." },
    details: Type.Object({ reason: Type.String() }),
    example: { reason: "expected a partner of this programme" },
  }),
  "programme-conflict": problemKind({
    status: 409,
    title: { ru: "Программу изменили тем временем", en: "The programme was changed meanwhile" },
    detail: {
      ru: ({ latestVersion }) => `Тем временем применена версия ${latestVersion}.`,
      en: ({ latestVersion }) => `Version ${latestVersion} was applied meanwhile.`,
    },
    remedy: { ru: "Повторите запрос.", en: "Send the request again." },
    details: Type.Object({ latestVersion: Type.Integer() }),
    example: { latestVersion: 7 },
  }),
};
