import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { bodyStream, encodingFor, lateError, sendError, sendHead, writePiece } from "./answer.ts";
import { type Body, readBody } from "./body.ts";
import type { Connection, ConnectionPool } from "./connections.ts";
import { errors, parseEngineError } from "./errors.ts";
import { type ClickhouseRequest, readRequest, requirePassword } from "./request.ts";

export type HandlerOptions = {
  readonly pool: ConnectionPool;
  readonly password: string;
  readonly version: string;
  readonly spoolFolder: string;
};

/** Formats whose pieces, put one behind another, are the whole: no head or foot around the rows. */
const STREAMED = new Set([
  ...[
    "TabSeparated",
    "TSV",
    "TabSeparatedRaw",
    "TSVRaw",
    "CSV",
    "JSONEachRow",
    "JSONStringsEachRow",
    "JSONLines",
    "NDJSON",
  ],
  ...["JSONCompactEachRow", "JSONCompactStringsEachRow", "RowBinary", "Native", "LineAsString", "Values"],
]);

/** Answers as ClickHouse's HTTP interface does: /ping, and queries at /. */
export function createHandler(options: HandlerOptions) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    response.on("error", () => {}); // the client has gone; whoever writes learns it from `close`
    const url = URL.parse(`http://localhost${request.url ?? "/"}`);
    if (url === null) {
      plain(response, 400, "The address can't be read\n");
    } else if (url.pathname === "/ping" || url.pathname === "/replicas_status") {
      plain(response, 200, "Ok.\n");
    } else if (url.pathname !== "/") {
      plain(response, 404, `There is no handle ${url.pathname}\n`);
    } else {
      const queryId = printable(url.searchParams.get("query_id")) || randomUUID();
      handleQuery(request, response, url, queryId, options).catch((error) => {
        if (response.headersSent) response.destroy();
        else sendError(response, parseEngineError(error), options.version, queryId);
        if (!request.complete) request.destroy();
      });
    }
  };
}

/** Headers take visible ASCII only. */
function printable(text: string | null): string {
  return text?.replace(/[^\x21-\x7e]/g, "").slice(0, 200) ?? "";
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=UTF-8" });
  response.end(text);
}

/** A request that has been read, on its way to its answer. */
type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly asked: ClickhouseRequest;
  readonly body: Body;
  readonly queryId: string;
  readonly options: HandlerOptions;
};

async function handleQuery(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  queryId: string,
  options: HandlerOptions,
): Promise<void> {
  const isGet = request.method === "GET" || request.method === "HEAD";
  if (isGet && !url.searchParams.has("query")) return plain(response, 200, "Ok.\n");
  if (!isGet && request.method !== "POST") return plain(response, 405, `Method ${request.method} is not supported\n`);
  requirePassword(url, request.headers, options.password);
  const asked = readRequest(url, request.headers);
  const body = await readBody(request, asked.query, options.spoolFolder);
  try {
    requireAllowed(body, asked, isGet);
    const exchange = { request, response, asked, body, queryId, options };
    await options.pool.use(asked.state, (connection) => run(connection, exchange));
  } finally {
    await body.discard();
  }
}

function requireAllowed({ statement }: Body, asked: ClickhouseRequest, isGet: boolean): void {
  if (statement.fault === "empty") throw errors.empty();
  if (statement.fault === "several-statements") throw errors.severalStatements();
  if (statement.fault === "client-file") throw errors.clientFile();
  if (isGet && !statement.isRead && statement.verb !== "SET" && statement.verb !== "USE")
    throw errors.readonly(statement.verb);
  for (const name of statement.placeholders) {
    if (!asked.state.parameters.has(name)) throw errors.unsetParameter(name);
  }
}

async function run(connection: Connection, exchange: Exchange): Promise<void> {
  const { response, asked, body } = exchange;
  const { statement } = body;
  // `readonly` can't be taken back, `compatibility` changes settings that are not named.
  if (
    statement.changesConnection ||
    asked.state.settings.has("readonly") ||
    asked.state.settings.has("compatibility")
  ) {
    connection.discard();
  }
  let cancelling: Promise<void> | undefined;
  // A client that hangs up wants no answer: a read is stopped, a write goes on to its end.
  const onClose = () => {
    if (!response.writableFinished && statement.isRead) cancelling ??= connection.cancel();
  };
  response.once("close", onClose);
  try {
    if (response.closed) return;
    const isStreamed = statement.isStreamable && STREAMED.has(statement.format ?? asked.defaultFormat);
    await (isStreamed ? streamAnswer(connection, exchange) : wholeAnswer(connection, exchange));
  } finally {
    response.off("close", onClose);
    await cancelling;
  }
}

function headOf(exchange: Exchange, summary: Readonly<Record<string, string>>) {
  const { asked, body, request, queryId } = exchange;
  return {
    queryId,
    format: body.statement.format ?? asked.defaultFormat,
    summary,
    encoding: encodingFor(request.headers["accept-encoding"]?.toString(), asked.wantsCompression),
    exceptionTag: randomUUID().replaceAll("-", "").slice(0, 16),
  };
}

/** Runs a statement to its end, then answers. */
async function wholeAnswer(connection: Connection, exchange: Exchange): Promise<void> {
  const { body, asked, response } = exchange;
  const result = await connection.session.queryAsync(statementText(body), { format: asked.defaultFormat });
  const isWrite = !body.statement.isRead;
  const head = headOf(exchange, {
    read_rows: String(result.rowsRead),
    read_bytes: String(result.bytesRead),
    written_rows: isWrite ? String(result.rowsRead) : "0",
    written_bytes: isWrite ? String(result.bytesRead) : "0",
    elapsed_ns: String(Math.round(result.elapsed * 1e9)),
  });
  const bytes = result.bytes();
  if (bytes.length > 0 || head.encoding === undefined) {
    sendHead(response, head);
    const stream = bodyStream(response, head.encoding);
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      await writePiece(stream, response, bytes.subarray(at, at + PIECE_BYTES));
    }
    stream.end();
  } else {
    sendHead(response, { ...head, encoding: undefined });
    response.end();
  }
}

const PIECE_BYTES = 1024 * 1024;

/** Rows of an INSERT stand in a file by now. */
function statementText({ sql, statement, rowsFile }: Body): string {
  if (statement.insert === undefined || rowsFile === undefined) return sql;
  const { target, settings, format } = statement.insert;
  return `${target} FROM INFILE '${rowsFile.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}' ${settings} FORMAT ${format}`;
}

/** Hands rows on as the engine makes them; it makes no more while the client is not reading. */
async function streamAnswer(connection: Connection, exchange: Exchange): Promise<void> {
  const { body, asked, response, options } = exchange;
  const chunks = connection.session.queryStream(body.sql, { format: asked.defaultFormat });
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    let next = await iterator.next(); // an error before the first row still gets a status of its own
    const head = headOf(exchange, { read_rows: "0", read_bytes: "0", written_rows: "0", written_bytes: "0" });
    sendHead(response, head);
    const stream = bodyStream(response, head.encoding);
    try {
      while (!next.done) {
        await writePiece(stream, response, next.value.raw());
        next = await iterator.next();
      }
      stream.end();
    } catch (error) {
      stream.end(lateError(parseEngineError(error), options.version, head.exceptionTag));
    }
  } finally {
    chunks.cancel();
  }
}
