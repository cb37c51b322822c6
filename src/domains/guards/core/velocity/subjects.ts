import { mix32 } from "#kernel/random.ts";

/**
 * Numbers for the subjects of one group of rules, found by their keys: open addressing over typed arrays, because there
 * are millions and a collector that had to look at objects would stop the checkout. Some 35 bytes a subject, and 8 a rule.
 */
export type Subjects = {
  /** By a subject's number: its key (0: the number is free), its newest event (or what else stands for it), its last minute. */
  keys: Float64Array;
  heads: Int32Array;
  minutes: Int32Array;
  /** How many events are kept of it, and by rule what all of them add up to: at least what any window holds. */
  counts: Int32Array;
  sums: Float64Array;
  readonly rules: number;
  /** Numbers given so far, free ones among them. */
  given: number;
  /** The first free number, and through `heads` the next; -1 for none. */
  free: number;
  size: number;
  /** Where whoever looks for idle ones stands. */
  cursor: number;
  readonly shards: Shard[];
};

/** Slots with a subject's number plus one, 0 where there is none. Each grows by itself: a pause is that of one of them. */
type Shard = { slots: Int32Array; size: number };

const SHARD_BITS = 6;
const SMALLEST = 16;
const HIGH = 4_294_967_296;

/** `rules`: so many sums are kept of each. */
export function createSubjects(rules: number): Subjects {
  return {
    keys: new Float64Array(SMALLEST),
    heads: new Int32Array(SMALLEST),
    minutes: new Int32Array(SMALLEST),
    counts: new Int32Array(SMALLEST),
    sums: new Float64Array(SMALLEST * rules),
    rules,
    given: 0,
    free: -1,
    size: 0,
    cursor: 0,
    shards: Array.from({ length: 2 ** SHARD_BITS }, () => ({ slots: new Int32Array(SMALLEST), size: 0 })),
  };
}

function hashOf(key: number): number {
  return mix32((key >>> 0) ^ Math.imul(Math.floor(key / HIGH), 0x9e3779b1));
}

function shardOf({ shards }: Subjects, hash: number): Shard {
  return shards[hash >>> (32 - SHARD_BITS)] as Shard;
}

/** The subject's number; -1 when it is not known. */
export function findSubject(subjects: Subjects, key: number): number {
  const hash = hashOf(key);
  const { slots } = shardOf(subjects, hash);
  const { keys } = subjects;
  const mask = slots.length - 1;
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const number = (slots[slot] as number) - 1;
    if (number < 0 || keys[number] === key) return number;
  }
}

/** Gives a number to a subject that has none; without a newest event yet. */
export function addSubject(subjects: Subjects, key: number): number {
  const number = takeNumber(subjects);
  subjects.keys[number] = key;
  subjects.heads[number] = -1;
  subjects.counts[number] = 0;
  subjects.sums.fill(0, number * subjects.rules, (number + 1) * subjects.rules);
  subjects.size++;
  const hash = hashOf(key);
  const shard = shardOf(subjects, hash);
  if (++shard.size * 4 > shard.slots.length * 3) grow(subjects, shard);
  put(shard.slots, hash, number);
  return number;
}

function takeNumber(subjects: Subjects): number {
  const { free } = subjects;
  if (free >= 0) {
    subjects.free = subjects.heads[free] as number;
    return free;
  }
  if (subjects.given === subjects.keys.length) {
    const length = subjects.given * 2;
    subjects.keys = grown(subjects.keys, new Float64Array(length));
    subjects.heads = grown(subjects.heads, new Int32Array(length));
    subjects.minutes = grown(subjects.minutes, new Int32Array(length));
    subjects.counts = grown(subjects.counts, new Int32Array(length));
    subjects.sums = grown(subjects.sums, new Float64Array(length * subjects.rules));
  }
  return subjects.given++;
}

/** The larger one, with what the smaller one held. */
export function grown<A extends Float64Array | Int32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

function put(slots: Int32Array, hash: number, number: number): void {
  const mask = slots.length - 1;
  let slot = hash & mask;
  while (slots[slot] !== 0) slot = (slot + 1) & mask;
  slots[slot] = number + 1;
}

function grow({ keys }: Subjects, shard: Shard): void {
  const before = shard.slots;
  shard.slots = new Int32Array(before.length * 2);
  for (const each of before) if (each !== 0) put(shard.slots, hashOf(keys[each - 1] as number), each - 1);
}

/** Forgets a subject; its number is given again. */
export function removeSubject(subjects: Subjects, number: number): void {
  const hash = hashOf(subjects.keys[number] as number);
  const shard = shardOf(subjects, hash);
  const { slots } = shard;
  const mask = slots.length - 1;
  let gap = hash & mask;
  while (slots[gap] !== number + 1) gap = (gap + 1) & mask;
  // What stands behind moves up if the gap lies on its way (Knuth, TAOCP 3, 6.4, algorithm R).
  for (let slot = (gap + 1) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
    const home = hashOf(subjects.keys[(slots[slot] as number) - 1] as number) & mask;
    if (((slot - home) & mask) < ((slot - gap) & mask)) continue;
    slots[gap] = slots[slot] as number;
    gap = slot;
  }
  slots[gap] = 0;
  shard.size--;
  subjects.keys[number] = 0;
  subjects.heads[number] = subjects.free;
  subjects.free = number;
  subjects.size--;
}

/** The next known subject in the order of numbers, round and round; -1 after the last one. */
export function nextSubject(subjects: Subjects): number {
  while (subjects.cursor < subjects.given) {
    const number = subjects.cursor++;
    if (subjects.keys[number] !== 0) return number;
  }
  subjects.cursor = 0;
  return -1;
}
