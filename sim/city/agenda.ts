/** What is to happen at a door on one day, as columns of numbers: 18 bytes an entry, whatever it will become. */
export type Agenda = {
  clear(): void;
  /** `second` is the second of the day at which it happens; `day` and `slot` name the visit it comes from. */
  add(second: number, person: number, day: number, slot: number, kind: number): void;
  /** Entries by second; those of one second by person, day, slot and kind, so that the order in which they were added never shows. */
  inOrder(): Generator<AgendaEntry>;
  readonly size: number;
};

export type AgendaEntry = {
  readonly second: number;
  readonly person: number;
  readonly day: number;
  readonly slot: number;
  readonly kind: number;
};

const SECONDS_IN_DAY = 86_400;

export function createAgenda(): Agenda {
  let capacity = 1_024;
  let size = 0;
  let seconds = new Int32Array(capacity);
  let people = new Int32Array(capacity);
  let days = new Int32Array(capacity);
  let slotsAndKinds = new Int16Array(capacity);

  const grow = (): void => {
    capacity *= 2;
    seconds = enlarged(seconds, capacity);
    people = enlarged(people, capacity);
    days = enlarged(days, capacity);
    const wider = new Int16Array(capacity);
    wider.set(slotsAndKinds);
    slotsAndKinds = wider;
  };

  /** Counting sort by second: linear, stable, and 4 bytes an entry. */
  const order = (): Int32Array => {
    const starts = new Int32Array(SECONDS_IN_DAY + 1);
    for (let i = 0; i < size; i++) {
      const after = (seconds[i] as number) + 1;
      starts[after] = (starts[after] as number) + 1;
    }
    for (let second = 0; second < SECONDS_IN_DAY; second++) {
      starts[second + 1] = (starts[second + 1] as number) + (starts[second] as number);
    }
    const sorted = new Int32Array(size);
    for (let i = 0; i < size; i++) {
      const second = seconds[i] as number;
      const place = starts[second] as number;
      sorted[place] = i;
      starts[second] = place + 1;
    }
    settleTies(sorted);
    return sorted;
  };

  const comesBefore = (a: number, b: number): boolean => {
    if (people[a] !== people[b]) return (people[a] as number) < (people[b] as number);
    if (days[a] !== days[b]) return (days[a] as number) < (days[b] as number);
    return (slotsAndKinds[a] as number) < (slotsAndKinds[b] as number);
  };

  /** Insertion within runs of one second, which are short. */
  const settleTies = (sorted: Int32Array): void => {
    for (let i = 1; i < size; i++) {
      const entry = sorted[i] as number;
      let j = i;
      while (
        j > 0 &&
        seconds[sorted[j - 1] as number] === seconds[entry] &&
        comesBefore(entry, sorted[j - 1] as number)
      ) {
        sorted[j] = sorted[j - 1] as number;
        j--;
      }
      sorted[j] = entry;
    }
  };

  return {
    get size() {
      return size;
    },
    clear: () => {
      size = 0;
    },
    add: (second, person, day, slot, kind) => {
      if (size === capacity) grow();
      seconds[size] = second;
      people[size] = person;
      days[size] = day;
      slotsAndKinds[size] = slot * 8 + kind;
      size++;
    },
    inOrder: function* () {
      for (const i of order()) {
        const packed = slotsAndKinds[i] as number;
        yield {
          second: seconds[i] as number,
          person: people[i] as number,
          day: days[i] as number,
          slot: packed >> 3,
          kind: packed & 7,
        };
      }
    },
  };
}

function enlarged(from: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(capacity);
  wider.set(from);
  return wider;
}
