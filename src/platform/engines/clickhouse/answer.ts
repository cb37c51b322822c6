import type { ServerResponse } from "node:http";
import { PassThrough, type Writable } from "node:stream";
import { constants, createBrotliCompress, createGzip, createZstdCompress } from "node:zlib";
import { type ClickhouseError, errorText, statusOf } from "./errors.ts";

/** A client that reads nothing for this long loses its answer, so that it can't hold a connection of the engine. */
const SEND_TIMEOUT_MS = 60_000;

const CONTENT_TYPES: readonly (readonly [RegExp, string])[] = [
  [
    /^JSON(Strings)?EachRow|^JSONCompact(Strings)?EachRow|^NDJSON|^JSONLines|^JSONEachRowWithProgress/,
    "application/x-ndjson; charset=UTF-8",
  ],
  [/^JSON/, "application/json; charset=UTF-8"],
  [/^(TabSeparated|TSV)/, "text/tab-separated-values; charset=UTF-8"],
  [/^CSV/, "text/csv; charset=UTF-8"],
  [/^(Native|RowBinary|Parquet|Arrow|ORC|Avro|MsgPack|Npy|Protobuf)/, "application/octet-stream"],
];

export type AnswerHead = {
  readonly queryId: string;
  readonly format: string;
  readonly summary: Readonly<Record<string, string>>;
  readonly encoding: Encoding | undefined;
  readonly exceptionTag: string;
};

export type Encoding = "gzip" | "zstd" | "br";

/** The best encoding the client takes, when it asked for one as ClickHouse wants it (enable_http_compression=1). */
export function encodingFor(acceptEncoding: string | undefined, wanted: boolean): Encoding | undefined {
  if (!wanted || acceptEncoding === undefined) return undefined;
  const accepted = acceptEncoding.toLowerCase();
  for (const encoding of ["gzip", "zstd", "br"] as const) if (accepted.includes(encoding)) return encoding;
  return undefined;
}

export function sendHead(response: ServerResponse, head: AnswerHead): void {
  const contentType = CONTENT_TYPES.find(([pattern]) => pattern.test(head.format))?.[1] ?? "text/plain; charset=UTF-8";
  response.writeHead(200, {
    "Content-Type": contentType,
    "X-ClickHouse-Query-Id": head.queryId,
    "X-ClickHouse-Format": head.format,
    "X-ClickHouse-Timezone": "UTC",
    "X-ClickHouse-Summary": JSON.stringify(head.summary),
    "X-ClickHouse-Exception-Tag": head.exceptionTag,
    ...(head.encoding === undefined ? {} : { "Content-Encoding": head.encoding }),
  });
}

export function sendError(response: ServerResponse, error: ClickhouseError, version: string, queryId: string): void {
  const text = errorText(error, version);
  response.writeHead(statusOf(error.code), {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Length": Buffer.byteLength(text),
    "X-ClickHouse-Query-Id": queryId,
    "X-ClickHouse-Exception-Code": String(error.code),
    ...(error.code === 202 ? { "Retry-After": "1" } : {}),
  });
  response.end(text);
}

/**
 * An error after the head has gone out: ClickHouse (25.11 and later) ends the body with a tagged block, which clients
 * recognise by the X-ClickHouse-Exception-Tag header they got before.
 */
export function lateError(error: ClickhouseError, version: string, tag: string): string {
  const text = errorText(error, version);
  return `\r\n__exception__\r\n${tag}\r\n${text}${Buffer.byteLength(text)} ${tag}\r\n__exception__\r\n`;
}

/** The body's stream, compressed when asked; ends the response when it ends. */
export function bodyStream(response: ServerResponse, encoding: Encoding | undefined): Writable {
  const compressor = createCompressor(encoding);
  compressor.on("error", () => response.destroy());
  compressor.pipe(response);
  return compressor;
}

function createCompressor(encoding: Encoding | undefined) {
  if (encoding === "gzip") return createGzip({ level: 1 });
  if (encoding === "zstd") return createZstdCompress();
  if (encoding === "br") return createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
  return new PassThrough();
}

/** Writes a piece; returns once the client has taken enough of what it was sent. Throws when it has gone or stands still. */
export function writePiece(stream: Writable, response: ServerResponse, piece: Uint8Array): Promise<void> {
  if (response.destroyed || response.closed) return Promise.reject(new Error("the client has gone"));
  if (stream.write(piece)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const settle = (error?: Error) => {
      clearTimeout(timer);
      stream.off("drain", settle);
      response.off("close", onClose);
      if (error instanceof Error) reject(error);
      else resolve();
    };
    const onClose = () => settle(new Error("the client has gone"));
    const timer = setTimeout(() => response.destroy(), SEND_TIMEOUT_MS);
    stream.once("drain", settle);
    response.once("close", onClose);
  });
}
