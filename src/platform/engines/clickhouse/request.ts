import { timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { ConnectionState } from "./connections.ts";
import { errors } from "./errors.ts";

export type ClickhouseRequest = {
  readonly query: string;
  readonly defaultFormat: string;
  readonly state: ConnectionState;
  readonly wantsCompression: boolean;
};

/** URL parameters that concern the HTTP door and are no settings of the engine. */
const DOOR_ONLY = new Set([
  "query",
  "query_id",
  "database",
  "default_format",
  "user",
  "password",
  "role",
  "quota_key",
  "session_id",
  "session_timeout",
  "session_check",
  "stacktrace",
  "buffer_size",
  "wait_end_of_query",
  "compress",
  "decompress",
  "client_protocol_version",
  "enable_http_compression",
  "http_zlib_compression_level",
  "send_progress_in_http_headers",
  "add_http_cors_header",
  "cancel_http_readonly_queries_on_client_close",
  "log_comment", // names the connection, so that its query can be cancelled
  "async_insert", // an insert is answered when its rows are stored
  "wait_for_async_insert",
]);

/** Reads what the URL and the headers of a request say. Throws ClickhouseError. */
export function readRequest(url: URL, headers: IncomingHttpHeaders): ClickhouseRequest {
  const settings = new Map<string, string>();
  const parameters = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    if (name.startsWith("param_")) parameters.set(name.slice("param_".length), value);
    else if (!DOOR_ONLY.has(name) && !name.startsWith("http_")) settings.set(name, value);
  }
  if (url.searchParams.get("compress") === "1" || url.searchParams.get("decompress") === "1") {
    throw errors.notImplemented("compress and decompress (the native format) are not supported: use Content-Encoding");
  }
  const defaultFormat =
    url.searchParams.get("default_format") ?? header(headers, "x-clickhouse-format") ?? "TabSeparated";
  if (!/^\w+$/.test(defaultFormat)) throw errors.badArgument("default_format is no name of a format");
  return {
    query: url.searchParams.get("query") ?? "",
    defaultFormat,
    state: {
      database: url.searchParams.get("database") || header(headers, "x-clickhouse-database") || "default",
      settings,
      parameters,
    },
    wantsCompression: url.searchParams.get("enable_http_compression") === "1",
  };
}

/** Throws unless the user is `default` with this password: by X-ClickHouse headers, basic authentication or the URL. */
export function requirePassword(url: URL, headers: IncomingHttpHeaders, password: string): void {
  const { user, key } = credentials(url, headers);
  if (user !== "default" || !sameText(key, password)) throw errors.authentication();
}

function credentials(url: URL, headers: IncomingHttpHeaders): { user: string; key: string } {
  const user = header(headers, "x-clickhouse-user");
  const key = header(headers, "x-clickhouse-key");
  if (user !== undefined || key !== undefined) return { user: user ?? "default", key: key ?? "" };
  const basic = /^Basic\s+(.+)$/i.exec(headers.authorization ?? "")?.[1];
  if (basic !== undefined) {
    const text = Buffer.from(basic, "base64").toString("utf8");
    const colon = text.indexOf(":");
    return colon < 0 ? { user: text, key: "" } : { user: text.slice(0, colon), key: text.slice(colon + 1) };
  }
  return { user: url.searchParams.get("user") ?? "default", key: url.searchParams.get("password") ?? "" };
}

function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
