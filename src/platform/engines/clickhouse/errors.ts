/** An error as ClickHouse shows it: a number, a name, a text. */
export class ClickhouseError extends Error {
  override name = "ClickhouseError";
  readonly code: number;
  readonly type: string;

  constructor(code: number, type: string, message: string) {
    super(message);
    this.code = code;
    this.type = type;
  }
}

export const errors = {
  authentication: () =>
    new ClickhouseError(
      516,
      "AUTHENTICATION_FAILED",
      "default: Authentication failed: password is incorrect, or there is no user with such name.",
    ),
  tooManyQueries: (limit: number) =>
    new ClickhouseError(202, "TOO_MANY_SIMULTANEOUS_QUERIES", `Too many simultaneous queries. Maximum: ${limit}`),
  readonly: (verb: string) =>
    new ClickhouseError(
      164,
      "READONLY",
      `Cannot execute query in readonly mode. For queries over HTTP, method GET implies readonly: ${verb} needs POST`,
    ),
  empty: () =>
    new ClickhouseError(62, "SYNTAX_ERROR", "Syntax error: failed at position 1 (end of query): Empty query"),
  severalStatements: () => new ClickhouseError(62, "SYNTAX_ERROR", "Syntax error (Multi-statements are not allowed)"),
  clientFile: () =>
    new ClickhouseError(
      48,
      "NOT_IMPLEMENTED",
      "INTO OUTFILE and FROM INFILE are not allowed: files are the client's business",
    ),
  unsetParameter: (name: string) =>
    new ClickhouseError(456, "UNKNOWN_QUERY_PARAMETER", `Substitution \`${name}\` is not set`),
  badArgument: (message: string) => new ClickhouseError(36, "BAD_ARGUMENTS", message),
  queryTooLarge: (limit: number) =>
    new ClickhouseError(168, "QUERY_IS_TOO_LARGE", `Query is longer than ${limit} bytes`),
  notImplemented: (message: string) => new ClickhouseError(48, "NOT_IMPLEMENTED", message),
  badBody: (message: string) =>
    new ClickhouseError(354, "ZLIB_INFLATE_FAILED", `The request body can't be decompressed: ${message}`),
  shuttingDown: () => new ClickhouseError(236, "ABORTED", "Server is shutting down"),
  noData: () => new ClickhouseError(108, "NO_DATA_TO_INSERT", "No data to insert"),
};

/** Reads `Code: 62. DB::Exception: text (SYNTAX_ERROR)` as the engine throws it; once more when it quotes itself. */
export function parseEngineError(error: unknown): ClickhouseError {
  if (error instanceof ClickhouseError) return error;
  let message = error instanceof Error ? error.message : String(error);
  const code = Number(/^Code: (\d+)\./.exec(message)?.[1] ?? 1002);
  const type = /\(([A-Z][A-Z0-9_]+)\)\s*$/.exec(message)?.[1] ?? "UNKNOWN_EXCEPTION";
  for (let repeated = 0; repeated < 2; repeated++) {
    message = message.replace(/^Code: \d+\. (DB::)?Exception: /, "");
    message = message.replace(/\s*\([A-Z][A-Z0-9_]+\)( \(version [^)]*\))?\.?\s*$/, "");
  }
  return new ClickhouseError(code, type, message);
}

/** The text ClickHouse answers with. */
export function errorText(error: ClickhouseError, version: string): string {
  return `Code: ${error.code}. DB::Exception: ${error.message} (${error.type}) (version ${version})\n`;
}

const NOT_FOUND = [43, 46, 47, 50, 60, 63, 73, 81, 82, 115, 119, 137, 336, 456]; // UNKNOWN_FUNCTION, _IDENTIFIER, _TABLE ...
const BAD_REQUEST = [
  6, 25, 26, 27, 33, 36, 38, 41, 42, 53, 62, 69, 70, 72, 108, 117, 128, 131, 135, 171, 190, 354, 441, 442, 467, 563,
  675, 676,
];

/** HTTP status for an exception code, as HTTPHandler's exceptionCodeToHTTPStatus of ClickHouse has it. */
export function statusOf(code: number): number {
  if (code === 194) return 401;
  if (code === 516 || code === 192 || code === 193 || code === 497 || code === 164) return 403;
  if (code === 168) return 413;
  if (code === 48) return 501;
  if (code === 159) return 408;
  if (code === 202 || code === 209 || code === 236 || code === 439) return 503;
  if (NOT_FOUND.includes(code)) return 404;
  if (BAD_REQUEST.includes(code)) return 400;
  return 500;
}
