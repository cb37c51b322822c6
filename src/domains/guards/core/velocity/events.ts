import { grown } from "./subjects.ts";

/**
 * Events of one group's subjects, each a row of numbers: [time, mask of the rules that count it, columns...]. The rows
 * of a subject are a list, the newest to come first. 28 bytes and 8 a column.
 */
export type Events = {
  readonly width: number;
  rows: Float64Array;
  /** The one that came before it, or the next free one; -1 for none. */
  next: Int32Array;
  given: number;
  free: number;
  size: number;
};

/** Places in a row. */
export const [AT, MASK, COLUMNS] = [0, 1, 2] as const;
const SMALLEST = 64;

export function createEvents(columns: number): Events {
  const width = COLUMNS + columns;
  return {
    width,
    rows: new Float64Array(SMALLEST * width),
    next: new Int32Array(SMALLEST),
    given: 0,
    free: -1,
    size: 0,
  };
}

/** A new row before `head`; the caller fills it. */
export function pushEvent(events: Events, head: number): number {
  let event = events.free;
  if (event >= 0) events.free = events.next[event] as number;
  else {
    if (events.given === events.next.length) {
      const length = events.given * 2;
      events.rows = grown(events.rows, new Float64Array(length * events.width));
      events.next = grown(events.next, new Int32Array(length));
    }
    event = events.given++;
  }
  events.next[event] = head;
  events.size++;
  return event;
}

/** Frees one row, which no list holds any more. */
export function freeEvent(events: Events, event: number): void {
  events.next[event] = events.free;
  events.free = event;
  events.size--;
}

export function freeList(events: Events, head: number): void {
  for (let event = head; event >= 0; ) {
    const next = events.next[event] as number;
    freeEvent(events, event);
    event = next;
  }
}
