/** Texts repeat (stores, categories, rules): each is made once, found again by its bytes. */
const SLOTS = 1 << 15;
/** Longer texts are facts, which do not repeat. */
const LONGEST_KEPT = 64;

/** Reads values of ClickHouse's RowBinary, one after the other. */
export type ByteReader = {
  /** Begins a new answer. */
  open(answer: Buffer): void;
  isAtEnd(): boolean;
  varint(): number;
  text(): string;
  uint8(): number;
  uint16(): number;
  uint32(): number;
  /** Sums and times stay far below 2^53. */
  int64(): number;
};

export function createByteReader(): ByteReader {
  const textOf = createTexts();
  let buffer: Buffer = Buffer.alloc(0);
  let at = 0;
  const varint = (): number => {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = buffer[at++] as number;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  };
  return {
    open: (answer) => {
      buffer = answer;
      at = 0;
    },
    isAtEnd: () => at >= buffer.length,
    varint,
    text: () => {
      const length = varint();
      if (length === 0) return "";
      const from = at;
      at += length;
      return length > LONGEST_KEPT ? buffer.toString("utf8", from, at) : textOf(buffer, from, at);
    },
    uint8: () => buffer[at++] as number,
    uint16: () => {
      at += 2;
      return buffer.readUInt16LE(at - 2);
    },
    uint32: () => {
      at += 4;
      return buffer.readUInt32LE(at - 4);
    },
    int64: () => {
      at += 8;
      return buffer.readUInt32LE(at - 8) + buffer.readInt32LE(at - 4) * 4_294_967_296;
    },
  };
}

function createTexts(): (buffer: Buffer, from: number, to: number) => string {
  const texts = new Array<string | undefined>(SLOTS);
  const kept = new Array<Buffer | undefined>(SLOTS);
  return (buffer, from, to) => {
    const length = to - from;
    let hash = length;
    for (let i = from; i < to; i++) hash = (Math.imul(hash, 31) + (buffer[i] as number)) | 0;
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = kept[slot];
    if (known !== undefined && known.length === length) {
      let i = 0;
      while (i < length && known[i] === buffer[from + i]) i++;
      if (i === length) return texts[slot] as string;
    }
    const made = buffer.toString("utf8", from, to);
    kept[slot] = Buffer.from(buffer.subarray(from, to));
    texts[slot] = made;
    return made;
  };
}
