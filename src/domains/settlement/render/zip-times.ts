import { invariant } from "#kernel/invariant.ts";

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
/** 1980-01-01 00:00, the earliest a ZIP can say: date 0x0021, time 0. */
const DATE = 0x0021;

/**
 * Sets the modification times in a ZIP file to 1980, so that equal contents are equal bytes. Offsets are those of the
 * central directory and local headers in PKWARE's APPNOTE, 4.3.7 and 4.3.12.
 */
export function withoutTimes(zip: Buffer): Buffer {
  const bytes = Buffer.from(zip);
  let end = bytes.length - 22;
  while (end >= 0 && bytes.readUInt32LE(end) !== END) end--;
  invariant(end >= 0, "a ZIP file ends with its directory");
  const entries = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  for (let i = 0; i < entries; i++) {
    invariant(bytes.readUInt32LE(at) === CENTRAL, "an entry of a ZIP's directory");
    const local = bytes.readUInt32LE(at + 42);
    invariant(bytes.readUInt32LE(local) === LOCAL, "a local header of a ZIP");
    bytes.writeUInt32LE(DATE << 16, at + 12);
    bytes.writeUInt32LE(DATE << 16, local + 10);
    at += 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return bytes;
}
