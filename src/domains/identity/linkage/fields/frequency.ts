/** Distinct texts as numbers from 0, so that counting by row needs no more look-ups of texts. */
export type Dictionary = { idOf(text: string): number; readonly size: number };

export function createDictionary(): Dictionary {
  const ids = new Map<string, number>();
  return {
    idOf: (text) => {
      const known = ids.get(text);
      if (known !== undefined) return known;
      ids.set(text, ids.size);
      return ids.size - 1;
    },
    get size() {
      return ids.size;
    },
  };
}

/** A column's values as numbers of a dictionary (-1 where there is none) and how frequent they are. */
export type CountedValues = {
  readonly ids: Int32Array;
  /** Rows that have any value. */
  readonly total: number;
  /** Rows that have this row's value; over `total`, the share that the term-frequency adjustment is made of. */
  countOf(row: number): number;
};

/** Counts the values of a column; columns that are to be compared with each other use one dictionary. */
export function countValues(values: readonly string[], dictionary = createDictionary()): CountedValues {
  const ids = new Int32Array(values.length);
  let total = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as string;
    ids[row] = value === "" ? -1 : dictionary.idOf(value);
    if (value !== "") total++;
  }
  const counts = new Int32Array(dictionary.size);
  for (const id of ids) if (id >= 0) counts[id] = (counts[id] as number) + 1;
  return {
    ids,
    total,
    countOf: (row) => {
      const id = ids[row] ?? -1;
      return id < 0 ? 0 : (counts[id] as number);
    },
  };
}

/** The SQL of a count as a share of all values. */
export function shareSql(count: string, { total }: CountedValues): string {
  return `${count} / ${Math.max(1, total)}`;
}
