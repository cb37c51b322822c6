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
