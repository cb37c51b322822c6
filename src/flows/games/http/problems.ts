import { Type } from "typebox";
import { problemKind } from "#platform/http/problem.ts";

const NO_DETAILS = Type.Object({});

export const GAME_PROBLEMS = {
  "unknown-game": problemKind({
    status: 404,
    title: { ru: "Такой игры нет", en: "No such game" },
    detail: {
      ru: () => "Игры с таким именем нет, или она другого рода, или чужая.",
      en: () => "There is no game of that id, or it is of another kind, or another partner's.",
    },
    remedy: { ru: "Игры перечислены в GET /v1/games.", en: "GET /v1/games lists the games." },
    details: NO_DETAILS,
    example: {},
  }),
  "game-approved": problemKind({
    status: 409,
    title: { ru: "Игра уже утверждена", en: "The game was approved" },
    detail: {
      ru: ({ game }) => `Игра «${game}» утверждена, её содержание не меняется.`,
      en: ({ game }) => `Game "${game}" was approved; what it says does not change any more.`,
    },
    remedy: {
      ru: "Завершите её и заведите новую под другим именем.",
      en: "End it and draft another one under a new id.",
    },
    details: Type.Object({ game: Type.String() }),
    example: { game: "weekly-percent" },
  }),
  "game-state": problemKind({
    status: 409,
    title: { ru: "В этом состоянии так нельзя", en: "Not in this state" },
    detail: {
      ru: ({ state, action }) => `Игра в состоянии ${state}; действие ${action} невозможно.`,
      en: ({ state, action }) => `The game is ${state}; ${action} is not possible.`,
    },
    remedy: {
      ru: "Порядок: черновик, прогноз, утверждение, пауза и продолжение, завершение.",
      en: "The order is: draft, forecast, approve, pause and resume, end.",
    },
    details: Type.Object({ state: Type.String(), action: Type.String() }),
    example: { state: "ended", action: "pause" },
  }),
  "game-needs-forecast": problemKind({
    status: 409,
    title: { ru: "Нет прогноза", en: "There is no forecast" },
    detail: {
      ru: () => "У этой редакции игры нет прогноза стоимости.",
      en: () => "This revision of the game has no forecast of its cost.",
    },
    remedy: {
      ru: "Сначала сделайте прогноз: действие forecast этой игры.",
      en: "Make a forecast first: the action forecast of the game.",
    },
    details: NO_DETAILS,
    example: {},
  }),
  "game-own-approval": problemKind({
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
  "game-over": problemKind({
    status: 409,
    title: { ru: "Срок игры прошёл", en: "The game's time is over" },
    detail: { ru: () => "Последний день игры уже прошёл.", en: () => "The game's last day has passed." },
    remedy: { ru: "Измените срок в черновике или заведите новую.", en: "Change the draft's days, or draft another." },
    details: NO_DETAILS,
    example: {},
  }),
  "game-unfit": problemKind({
    status: 422,
    title: { ru: "Программа не принимает игру", en: "The programme does not take the game" },
    detail: {
      ru: ({ reason }) => `Игра не подходит программе: ${reason}`,
      en: ({ reason }) => `The game does not fit the programme: ${reason}`,
    },
    remedy: { ru: "Исправьте черновик.", en: "Mend the draft." },
    details: Type.Object({ reason: Type.String() }),
    example: { reason: "expected a boost of this programme" },
  }),
  "game-not-live": problemKind({
    status: 422,
    title: { ru: "Игра сейчас не идёт", en: "The game is not on now" },
    detail: {
      ru: () => "Игра ещё не началась, стоит на паузе или уже закончилась.",
      en: () => "The game has not begun, is paused, or is over.",
    },
    remedy: { ru: "Сроки — в списке игр участника.", en: "The member's list of games says when it is on." },
    details: NO_DETAILS,
    example: {},
  }),
};

const WHY_RU: Record<string, string> = {
  length: "от 2 до 24 знаков",
  characters: "только буквы, цифры, пробел и знаки . _ ' -",
  digits: "не больше четырёх цифр",
  contact: "без почты и контактов",
  link: "без ссылок",
  word: "без грубостей",
  reserved: "это имя занято программой",
};
const WHY_EN: Record<string, string> = {
  length: "2 to 24 characters",
  characters: "letters, digits, spaces and . _ ' - only",
  digits: "at most four digits",
  contact: "no e-mail and no contacts",
  link: "no links",
  word: "no abuse",
  reserved: "the name is the programme's own",
};

export const BOARD_PROBLEMS = {
  "name-refused": problemKind({
    status: 422,
    title: { ru: "Такое имя показать нельзя", en: "Such a name can't be shown" },
    detail: {
      ru: ({ why }) => `Имя не подходит: ${WHY_RU[why] ?? why}.`,
      en: ({ why }) => `The name does not fit: ${WHY_EN[why] ?? why}.`,
    },
    remedy: { ru: "Выберите другое имя.", en: "Choose another name." },
    details: Type.Object({ why: Type.String() }),
    example: { why: "digits" },
  }),
  "name-taken": problemKind({
    status: 422,
    title: { ru: "Имя занято", en: "The name is taken" },
    detail: {
      ru: () => "Под этим или похожим на вид именем играет другой участник.",
      en: () => "Another member plays under this name, or under one that looks like it.",
    },
    remedy: { ru: "Выберите другое имя.", en: "Choose another name." },
    details: NO_DETAILS,
    example: {},
  }),
  "unknown-week": problemKind({
    status: 404,
    title: { ru: "Такой недели нет", en: "No such week" },
    detail: {
      ru: () => "Эта неделя ещё не показана, или игра тогда не шла.",
      en: () => "That week has not been shown yet, or the game was not on.",
    },
    remedy: { ru: "Недели называются по понедельнику.", en: "Weeks are named by their Monday." },
    details: NO_DETAILS,
    example: {},
  }),
};

export const DRAW_PROBLEMS = {
  "no-draw-right": problemKind({
    status: 422,
    title: { ru: "Сейчас нет попыток", en: "There is nothing to draw on" },
    detail: {
      ru: () => "Все попытки использованы или ещё не заработаны.",
      en: () => "All rights to draw are used, or not earned yet.",
    },
    remedy: { ru: "Что даёт попытку, сказано в игре.", en: "The game says what gives a right." },
    details: NO_DETAILS,
    example: {},
  }),
  "draw-not-committed": problemKind({
    status: 503,
    title: { ru: "Розыгрыш ещё не готов", en: "The draw is not ready yet" },
    detail: {
      ru: () => "Обязательство на этот период ещё не опубликовано.",
      en: () => "The commitment for this period is not published yet.",
    },
    remedy: { ru: "Повторите через несколько секунд.", en: "Try again in a few seconds." },
    details: Type.Object({ retryAfterSeconds: Type.Integer() }),
    example: { retryAfterSeconds: 2 },
  }),
  "unknown-period": problemKind({
    status: 404,
    title: { ru: "Такого периода нет", en: "No such period" },
    detail: {
      ru: () => "Периода, который начинается в этот день, нет.",
      en: () => "There is no period that begins on that day.",
    },
    remedy: { ru: "Периоды перечислены у игры.", en: "The game lists its periods." },
    details: NO_DETAILS,
    example: {},
  }),
  "period-not-revealed": problemKind({
    status: 409,
    title: { ru: "Период ещё не раскрыт", en: "The period is not revealed yet" },
    detail: {
      ru: () => "Пока период идёт, розыгрыши не публикуются: раскрытие — после его конца.",
      en: () => "While a period runs its draws are not published: the reveal comes after its end.",
    },
    remedy: { ru: "Дождитесь конца периода.", en: "Wait until the period is over." },
    details: NO_DETAILS,
    example: {},
  }),
};

export const ANSWER_PROBLEMS = {
  "already-answered": problemKind({
    status: 409,
    title: { ru: "Уже отвечено", en: "Answered already" },
    detail: {
      ru: () => "На викторину отвечают один раз.",
      en: () => "A quiz is answered once.",
    },
    remedy: { ru: "Ничего делать не нужно.", en: "There is nothing to do." },
    details: NO_DETAILS,
    example: {},
  }),
  "consent-outdated": problemKind({
    status: 422,
    title: { ru: "Согласие на другой текст", en: "The consent is to another wording" },
    detail: {
      ru: ({ version }) =>
        version === "" ? "Эта игра согласия не просит." : `Сейчас действует редакция «${version}».`,
      en: ({ version }) =>
        version === "" ? "This game asks for no consent." : `The wording in force is "${version}".`,
    },
    remedy: { ru: "Покажите участнику действующий текст.", en: "Show the member the wording in force." },
    details: Type.Object({ version: Type.String() }),
    example: { version: "2026-11" },
  }),
};
