export type { EventData, PartnerEvent, StoredEvent } from "./core/event.ts";
export {
  type EventKey,
  findEventKeys,
  insertEvents,
  type KeyedEvent,
  readEvent,
} from "./store/events.ts";
