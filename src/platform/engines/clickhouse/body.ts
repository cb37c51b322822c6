import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { unlink } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { pipeline, Readable } from "node:stream";
import { pipeline as finished } from "node:stream/promises";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import { errors } from "./errors.ts";
import { describeStatement, type Statement } from "./statement.ts";

/** A statement longer than this is refused; the rows of an INSERT are not counted. */
const MAX_STATEMENT_BYTES = 16 * 1024 * 1024;
/** An INSERT says its format within this much, or its rows are not recognised as such. */
const HEAD_BYTES = 256 * 1024;

/** A request's statement, and the file with its rows when it is an INSERT that brings some. */
export type Body = {
  readonly sql: string;
  readonly statement: Statement;
  readonly rowsFile: string | undefined;
  discard(): Promise<void>;
};

/**
 * Reads a request: the statement is the URL's query, a line end, the body (as ClickHouse joins them). Rows of an INSERT
 * go to a file as they come, because the engine reads a file safely (rows in the text end it at an empty line and run
 * the rest as SQL), six times faster, and as one insert whatever the size.
 */
export async function readBody(request: IncomingMessage, query: string, spoolFolder: string): Promise<Body> {
  const source = createSource(decoded(request), query.trim() === "" ? "" : `${query.trimEnd()}\n`);
  let text = source.text();
  let statement = describeStatement(text);
  for (const limit of [HEAD_BYTES, MAX_STATEMENT_BYTES + 1]) {
    if (statement.insert !== undefined || !(await source.readUpTo(limit))) continue;
    text = source.text();
    statement = describeStatement(text);
  }
  if (statement.insert === undefined) {
    if (source.size() > MAX_STATEMENT_BYTES) throw errors.queryTooLarge(MAX_STATEMENT_BYTES);
    return { sql: text, statement, rowsFile: undefined, discard: async () => {} };
  }
  const sql = text.slice(0, statement.insert.dataAt);
  const rowsFile = join(spoolFolder, `${randomUUID()}.rows`);
  const discard = () => unlink(rowsFile).catch(() => {});
  try {
    const rows = Readable.from(source.restFrom(Buffer.byteLength(sql)), { objectMode: false });
    await finished(rows, createWriteStream(rowsFile, { mode: 0o600 }));
  } catch (error) {
    await discard();
    throw error;
  }
  return { sql, statement, rowsFile, discard };
}

/** A text that grows as more of the body is read. */
function createSource(body: Readable, prefix: string) {
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const parts: Buffer[] = [Buffer.from(prefix)];
  let size = (parts[0] as Buffer).length;
  return {
    size: () => size,
    text: () => Buffer.concat(parts).toString("utf8"),
    /** Reads until `limit` bytes are there or the body ends; says whether anything was read. */
    async readUpTo(limit: number): Promise<boolean> {
      const before = size;
      while (size < limit) {
        const next = await chunks.next();
        if (next.done) break;
        parts.push(next.value);
        size += next.value.length;
      }
      return size > before;
    },
    async *restFrom(byte: number): AsyncGenerator<Buffer> {
      const first = Buffer.concat(parts).subarray(byte);
      if (first.length > 0) yield first;
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
    },
  };
}

function decoded(request: IncomingMessage): Readable {
  const encoding = (request.headers["content-encoding"] ?? "").toLowerCase();
  if (encoding === "" || encoding === "identity") return request;
  const decoder = decoderFor(encoding);
  // The error reaches whoever iterates over the decoder.
  pipeline(request, decoder, () => {});
  return Readable.from(
    (async function* () {
      try {
        for await (const chunk of decoder) yield chunk as Buffer;
      } catch (error) {
        if (request.destroyed && !request.complete) throw error;
        throw errors.badBody((error as Error).message);
      }
    })(),
  );
}

function decoderFor(encoding: string) {
  if (encoding === "gzip" || encoding === "x-gzip") return createGunzip();
  if (encoding === "deflate") return createInflate();
  if (encoding === "br") return createBrotliDecompress();
  if (encoding === "zstd") return createZstdDecompress();
  throw errors.notImplemented(`Unknown compression method: ${encoding}`);
}
