export { createEventLog, type EventLog } from "./events/event-log.ts";
export type { EventBody, EventFailure, EventRequest } from "./events/requests.ts";
