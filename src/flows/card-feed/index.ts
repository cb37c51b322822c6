export type { CardMessage, MessageKind, MessageState } from "./core/message.ts";
export { type CardFeedRunDeps, runCardFeed } from "./run-card-feed.ts";
export { matchCards, type SettleCardsDeps, settleCards } from "./settle-cards.ts";
export { type CardAnswer, type CardFeedDeps, type CardFeedFailure, takeMessage } from "./take-message.ts";
