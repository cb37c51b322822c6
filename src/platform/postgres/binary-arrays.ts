/**
 * PostgreSQL arrays in binary form, for statements that post hundreds of rows at once: `pg` sends a Buffer as a binary
 * parameter, so nothing is escaped here nor parsed there. Layout: dimensions, has-null flag, element oid, then per
 * dimension its length and lower bound, then each element as length and bytes (length -1 is null).
 * Source: array_recv in PostgreSQL's src/backend/utils/adt/arrayfuncs.c.
 */
const HEADER_BYTES = 20;
const POSTGRES_EPOCH_MS = 946_684_800_000;
const POSTGRES_EPOCH_DAY = 10_957;

const OID = {
  bool: 16,
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  json: 114,
  date: 1082,
  timestamptz: 1184,
  uuid: 2950,
};

type Nullable<T> = readonly (T | null)[];

export function int2Array(values: Nullable<number>): Buffer {
  return fixedArray(OID.int2, 2, values, (buffer, value, at) => buffer.writeInt16BE(value, at));
}

export function int4Array(values: Nullable<number>): Buffer {
  return fixedArray(OID.int4, 4, values, (buffer, value, at) => buffer.writeInt32BE(value, at));
}

/** Safe integers only. */
export function int8Array(values: Nullable<number>): Buffer {
  return fixedArray(OID.int8, 8, values, writeInt64);
}

export function boolArray(values: readonly boolean[]): Buffer {
  return fixedArray(OID.bool, 1, values, (buffer, value, at) => buffer.writeUInt8(value ? 1 : 0, at));
}

/** Epoch milliseconds; null stays null. */
export function timestamptzArray(values: Nullable<number>): Buffer {
  return fixedArray(OID.timestamptz, 8, values, (buffer, value, at) =>
    writeInt64(buffer, (value - POSTGRES_EPOCH_MS) * 1000, at),
  );
}

/** Days since 1970-01-01. */
export function dateArray(values: Nullable<number>): Buffer {
  return fixedArray(OID.date, 4, values, (buffer, value, at) => buffer.writeInt32BE(value - POSTGRES_EPOCH_DAY, at));
}

/** 16 bytes each. */
export function uuidArray(values: Nullable<Uint8Array>): Buffer {
  return fixedArray(OID.uuid, 16, values, (buffer, value, at) => {
    buffer.set(value, at);
  });
}

export function byteaArray(values: readonly Uint8Array[]): Buffer {
  const bytes = values.reduce((sum, value) => sum + 4 + value.length, HEADER_BYTES);
  const buffer = Buffer.allocUnsafe(bytes);
  let at = writeHeader(buffer, OID.bytea, values);
  for (const value of values) {
    at = buffer.writeInt32BE(value.length, at);
    buffer.set(value, at);
    at += value.length;
  }
  return values.length === 0 ? buffer.subarray(0, 12) : buffer;
}

export function textArray(values: Nullable<string>): Buffer {
  return stringArray(OID.text, values);
}

/** JSON texts, validated by PostgreSQL. */
export function jsonArray(values: Nullable<string>): Buffer {
  return stringArray(OID.json, values);
}

function stringArray(oid: number, values: Nullable<string>): Buffer {
  let bytes = HEADER_BYTES + values.length * 4;
  for (const value of values) if (value !== null) bytes += Buffer.byteLength(value);
  const buffer = Buffer.allocUnsafe(bytes);
  let at = writeHeader(buffer, oid, values);
  for (const value of values) {
    if (value === null) {
      at = buffer.writeInt32BE(-1, at);
      continue;
    }
    const written = buffer.write(value, at + 4, "utf8");
    buffer.writeInt32BE(written, at);
    at += 4 + written;
  }
  return values.length === 0 ? buffer.subarray(0, 12) : buffer;
}

function fixedArray<T>(
  oid: number,
  size: number,
  values: Nullable<T>,
  write: (buffer: Buffer, value: T, at: number) => void,
): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + values.length * (4 + size));
  let at = writeHeader(buffer, oid, values);
  for (const value of values) {
    if (value === null) {
      at = buffer.writeInt32BE(-1, at);
      continue;
    }
    at = buffer.writeInt32BE(size, at);
    write(buffer, value, at);
    at += size;
  }
  return values.length === 0 ? buffer.subarray(0, 12) : buffer.subarray(0, at);
}

/** An empty array has no dimensions. */
function writeHeader(buffer: Buffer, oid: number, values: Nullable<unknown>): number {
  buffer.writeInt32BE(values.length === 0 ? 0 : 1, 0);
  buffer.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  buffer.writeInt32BE(oid, 8);
  buffer.writeInt32BE(values.length, 12);
  buffer.writeInt32BE(1, 16);
  return HEADER_BYTES;
}

/** Two halves, faster than a BigInt; exact for safe integers, negative ones too. */
function writeInt64(buffer: Buffer, value: number, at: number): void {
  const high = Math.floor(value / 4_294_967_296);
  buffer.writeInt32BE(high, at);
  buffer.writeUInt32BE(value - high * 4_294_967_296, at + 4);
}
