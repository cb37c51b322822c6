import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client";

export type { ClickHouseClient } from "@clickhouse/client";

export type ClickhouseClientOptions = {
  /** With user and password: http://default:secret@127.0.0.1:8123 */
  readonly url: string;
  readonly database?: string;
  readonly application: string;
  readonly maxOpenConnections?: number;
  readonly requestTimeoutMs?: number;
};

/**
 * The client of the warehouse. 64-bit integers and decimals come as text (JSON numbers would lose digits), instants as
 * ISO text in UTC. Rows are sent uncompressed: compressing each row costs far more than loopback saves.
 */
export function createClickhouse(options: ClickhouseClientOptions): ClickHouseClient {
  return createClient({
    url: options.url,
    application: options.application,
    ...(options.database === undefined ? {} : { database: options.database }),
    max_open_connections: options.maxOpenConnections ?? 8,
    request_timeout: options.requestTimeoutMs ?? 300_000,
    keep_alive: { enabled: true, idle_socket_ttl: 10_000 }, // below the server's 30 s, else a reused socket may be dead
    compression: { request: false, response: false },
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: {
      output_format_json_quote_64bit_integers: 1,
      output_format_json_quote_decimals: 1,
      date_time_output_format: "iso",
      date_time_input_format: "best_effort",
    },
  });
}

/** Rows of a query, with its `{name:Type}` placeholders bound. For results that fit into memory. */
export async function queryRows<Row>(
  client: ClickHouseClient,
  query: string,
  parameters: Record<string, unknown> = {},
): Promise<Row[]> {
  const result = await client.query({ query, query_params: parameters, format: "JSONEachRow" });
  return result.json<Row>();
}

/** Whether the server or the way to it was lost; what the statement did is then unknown. */
export function isClickhouseLost(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  if (code !== undefined && /^(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|ENOTFOUND|236|202|209)$/.test(code)) return true;
  return /socket hang up|Timeout error/.test(message ?? "");
}
