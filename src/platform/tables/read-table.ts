import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline, Transform } from "node:stream";
import { createGunzip } from "node:zlib";
import { parse } from "csv-parse";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";

/** A table file opened for reading: its columns, and its rows as texts in their order, numbered from 1. */
export type TableFile = {
  readonly columns: readonly string[];
  /** Rows in the order of the file; `null` is an absent value. Can be iterated once. */
  readonly rows: AsyncIterable<TableRow>;
};

export type TableRow = { readonly number: number; readonly values: readonly (string | null)[] };

/** What is wrong with a file, for the person who named it. */
export class TableFileError extends Error {
  override name = "TableFileError";
}

/**
 * Opens a CSV (delimiter `,`, `;`, tab or `|`, found from the header; a BOM is dropped; UTF-8, UTF-16 with a BOM, else
 * windows-1251) or Parquet file, by its name and first bytes; gzip is undone. Throws TableFileError when the file is
 * missing, empty or not readable as a table.
 */
export async function openTable(path: string): Promise<TableFile> {
  const head = await firstBytes(path);
  if (head.length === 0) throw new TableFileError(`${path} is empty.`);
  return head.subarray(0, 4).toString("latin1") === "PAR1" ? openParquet(path) : openCsv(path, head);
}

async function firstBytes(path: string): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new TableFileError(`${path} can't be read: ${(error as Error).message}`);
  }
}

async function openCsv(path: string, head: Buffer): Promise<TableFile> {
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  const start = isGzip ? await firstUnzipped(path) : head;
  const encoding = encodingOf(start);
  const parser = parse({
    bom: true,
    delimiter: delimiterOf(lineOf(new TextDecoder(encoding).decode(start))),
    trim: true,
    relax_column_count: true,
    relax_quotes: true, // a quote inside a value (3" pipe) is a sign like any other
    skip_empty_lines: true,
  });
  const steps = [
    createReadStream(path),
    ...(isGzip ? [createGunzip()] : []),
    ...(encoding === "utf-8" ? [] : [decoded(encoding)]),
    parser,
  ];
  // What fails on the way destroys the parser, so reading it throws; the callback itself has nothing to add.
  pipeline(steps, () => {});
  const records = parser[Symbol.asyncIterator]() as AsyncIterator<string[]>;
  const header = await guarded(path, () => records.next());
  if (header.done) throw new TableFileError(`${path} has no header line.`);
  const columns = header.value;
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) throw new TableFileError(`${path} has two columns named ${twice}.`);
  return { columns, rows: csvRows(path, records, columns.length) };
}

async function* csvRows(path: string, records: AsyncIterator<string[]>, width: number): AsyncGenerator<TableRow> {
  for (let number = 1; ; number++) {
    const record = await guarded(path, () => records.next());
    if (record.done) return;
    const values: (string | null)[] = record.value.map((value) => (value === "" ? null : value));
    while (values.length < width) values.push(null);
    yield { number, values: values.slice(0, width) };
  }
}

async function guarded<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new TableFileError(`${path} can't be read as a table: ${(error as Error).message}`);
  }
}

async function firstUnzipped(path: string): Promise<Buffer> {
  const stream = createReadStream(path).pipe(createGunzip());
  const chunks: Buffer[] = [];
  let length = 0;
  return guarded(path, async () => {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= 64 * 1024) break;
    }
    return Buffer.concat(chunks);
  });
}

/** UTF-16 says so by its BOM; what is no valid UTF-8 is taken for the Windows code page of Russian files. */
function encodingOf(start: Buffer): "utf-8" | "utf-16le" | "windows-1251" {
  if (start[0] === 0xff && start[1] === 0xfe) return "utf-16le";
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(start, { stream: true });
    return "utf-8";
  } catch {
    return "windows-1251";
  }
}

function decoded(encoding: string): Transform {
  const decoder = new TextDecoder(encoding);
  return new Transform({
    transform: (chunk: Buffer, _, done) => done(null, decoder.decode(chunk, { stream: true })),
    flush: (done) => done(null, decoder.decode()),
  });
}

function lineOf(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? "";
}

/** The candidate that splits the header into most columns. */
function delimiterOf(header: string): string {
  const candidates = [",", ";", "\t", "|"];
  return candidates.reduce((best, each) => (header.split(each).length > header.split(best).length ? each : best));
}

async function openParquet(path: string): Promise<TableFile> {
  return guarded(path, async () => {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const columns = parquetSchema(metadata).children.map((child) => child.element.name);
    return { columns, rows: parquetRows(file, metadata, columns) };
  });
}

/** One row group in memory at a time. */
async function* parquetRows(
  file: Awaited<ReturnType<typeof asyncBufferFromFile>>,
  metadata: Awaited<ReturnType<typeof parquetMetadataAsync>>,
  columns: readonly string[],
): AsyncGenerator<TableRow> {
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const rows = await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd });
    for (const [index, row] of rows.entries()) {
      yield { number: rowStart + index + 1, values: columns.map((column) => textOf(row[column])) };
    }
    rowStart = rowEnd;
  }
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
