import { Pool, types } from "pg";

export type PoolOptions = {
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Connections at most; the embedded server takes 60 in all. */
  readonly max?: number;
  /** A statement that runs longer is cancelled; 0 is no limit. */
  readonly statementTimeoutMs?: number;
};

const INT8 = 20;
const INT8_ARRAY = 1016;
const DATE = 1082;
const TEXT_ARRAY: number = 1009;

/**
 * A pool of connections. Values come as: bigint as number (a value beyond 2^53 throws: no money or id is that large),
 * date as its text `YYYY-MM-DD`, timestamptz as Date, numeric as text. The pool keeps reconnecting: a lost connection
 * fails its query with an error that `isConnectionLost` knows, the next query gets a new one.
 */
export function createPool(options: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.max ?? 10,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    allowExitOnIdle: false,
    ...(options.statementTimeoutMs === undefined ? {} : { statement_timeout: options.statementTimeoutMs }),
    types: { getTypeParser: parserOf as typeof types.getTypeParser },
  });
  pool.on("error", () => {}); // an idle connection was lost: the pool has dropped it
  return pool;
}

function parserOf(oid: number, format?: "text" | "binary"): (text: string) => unknown {
  if (format !== "binary") {
    if (oid === INT8) return parseInt8;
    if (oid === INT8_ARRAY) return parseInt8Array;
    if (oid === DATE) return (text) => text;
  }
  return types.getTypeParser(oid, format as "text") as (text: string) => unknown;
}

export function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} is beyond 2^53`);
  return value;
}

const parseTextArray = types.getTypeParser(TEXT_ARRAY, "text") as (text: string) => unknown;

/** Arrays of bigint, nested ones too, as PostgreSQL writes them: {1,NULL,3}. */
function parseInt8Array(text: string): unknown {
  const numbers = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(numbers) : value === null ? null : parseInt8(value as string);
  return numbers(parseTextArray(text));
}

/** Whether the server or the way to it was lost; what the statement did is then unknown. */
export function isConnectionLost(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  if (code !== undefined) {
    // Class 08 is connection exceptions; 57P01..03 are shutdown, crash, and starting up.
    if (/^(08...|57P0[123]|ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|ENOTFOUND)$/.test(code)) return true;
  }
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
    message ?? "",
  );
}
