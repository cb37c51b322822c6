/**
 * A map that forgets what was not used for long. It keeps two generations: what is used moves to the younger one, and when
 * that is full the older one is dropped as a whole. So it remembers the last `capacity` / 2 used entries for certain
 * and up to `capacity`, and a hit in the younger one costs one look-up: to move an entry to the end of a large `Map` at
 * each use costs more than all the rest of a look-up, and makes the map grow and be rebuilt.
 */
export type BoundedMap<K, V> = {
  get(key: K): V | undefined;
  set(key: K, value: V): void;
  delete(key: K): void;
  readonly size: number;
};

export function createBoundedMap<K, V>(capacity: number): BoundedMap<K, V> {
  const generation = Math.max(1, capacity >> 1);
  let young = new Map<K, V>();
  let old = new Map<K, V>();

  const put = (key: K, value: V): void => {
    young.set(key, value);
    if (young.size < generation) return;
    old = young;
    young = new Map();
  };
  return {
    get: (key) => {
      const value = young.get(key);
      if (value !== undefined) return value;
      const older = old.get(key);
      if (older !== undefined) {
        old.delete(key);
        put(key, older);
      }
      return older;
    },
    set: (key, value) => {
      if (old.size > 0) old.delete(key);
      put(key, value);
    },
    delete: (key) => {
      young.delete(key);
      old.delete(key);
    },
    get size() {
      return young.size + old.size;
    },
  };
}
