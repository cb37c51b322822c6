/** A seeded source of randomness; the same seed gives the same stream on every machine. */
export type Random = {
  /** A float in [0, 1) with 32 random bits. */
  next(): number;
  /** An integer in [0, bound). */
  int(bound: number): number;
  /** An independent stream, named, so that adding a draw in one place shifts nothing elsewhere. */
  fork(name: string): Random;
};

/** FNV-1a over UTF-16 code units, 32 bits: stable across machines, not for security. */
export function hash32(text: string, seed = 0x811c9dc5): number {
  let hash = seed >>> 0;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return mix32(hash);
}

/** The finaliser of MurmurHash3: every input bit reaches every output bit. */
export function mix32(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** sfc32 (Chris Doty-Humphrey's Small Fast Counter, PractRand): 128 bits of state, fast, well tested. */
export function createRandom(seed: number): Random {
  let a = mix32(seed ^ 0x9e3779b9);
  let b = mix32(a ^ 0x243f6a88);
  let c = mix32(b ^ 0xb7e15162);
  let counter = 1;
  const draw = (): number => {
    const t = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) draw();
  return {
    next: () => draw() / 4_294_967_296,
    int: (bound) => Math.floor((draw() / 4_294_967_296) * bound),
    fork: (name) => createRandom(hash32(name, mix32(seed))),
  };
}
