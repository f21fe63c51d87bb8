import { randomUUID } from "node:crypto";
import { exception } from "./clickhouse-exception.ts";

/** What the URL of a request asks for. */
export type QueryRequest = Readonly<{
  /** The `query` parameter; the body continues it. */
  query: string;
  queryId: string;
  database: string;
  defaultFormat: string;
  /** Settings by name, as sent. */
  settings: ReadonlyMap<string, string>;
  /** `param_x` values by `x`, escaped as sent. */
  parameters: ReadonlyMap<string, string>;
  /** Whether the client asks for compressed answers; `Accept-Encoding` says how. */
  compressResponse: boolean;
}>;

/** Parameters of ClickHouse's HTTP interface that steer the interface itself and change nothing here. */
const IGNORED = new Set([
  "add_http_cors_header",
  "buffer_size",
  "cancel_http_readonly_queries_on_client_close",
  "client_protocol_version",
  "http_headers_progress_interval_ms",
  "http_zlib_compression_level",
  "log_comment",
  "quota_key",
  "send_progress_in_http_headers",
  "stacktrace",
  "wait_end_of_query",
]);

/** Parameters that ask for something this engine does not have. */
const UNSUPPORTED = new Map([
  ["session_id", "Sessions that outlive a request"],
  ["session_timeout", "Sessions that outlive a request"],
  ["session_check", "Sessions that outlive a request"],
  ["role", "Roles"],
  ["user", "Credentials in the URL"],
  ["password", "Credentials in the URL"],
  ["decompress", "The native compression of request bodies"],
  ["compress", "The native compression of answers"],
]);

const NAME = /^[A-Za-z_][A-Za-z0-9_.]{0,127}$/;
const FORMAT_NAME = /^[A-Za-z][A-Za-z0-9]{0,63}$/;

/**
 * Reads the URL parameters of a request to `/`.
 *
 * @throws ClickHouseException 48 for what only a server has, 36 for names that cannot be settings
 */
export function parseQueryRequest(search: URLSearchParams): QueryRequest {
  const settings = new Map<string, string>();
  const parameters = new Map<string, string>();
  let query = "";
  for (const [name, value] of search) {
    const unsupported = UNSUPPORTED.get(name);
    if (name === "query") query += value;
    else if (name.startsWith("param_")) parameters.set(checkedName(name.slice("param_".length)), value);
    else if (unsupported !== undefined && value !== "" && value !== "0") {
      throw exception("NOT_IMPLEMENTED", `${unsupported} are not available in the embedded engine (${name})`);
    } else if (!IGNORED.has(name) && !OWN.has(name) && unsupported === undefined)
      settings.set(checkedName(name), value);
  }
  return {
    query,
    queryId: search.get("query_id") || randomUUID(),
    database: search.get("database") || "default",
    defaultFormat: checkedFormat(search.get("default_format") || "TabSeparated"),
    settings,
    parameters,
    compressResponse: search.get("enable_http_compression") === "1",
  };
}

const OWN = new Set(["query_id", "database", "default_format", "enable_http_compression"]);

/** Returns `name` if it can stand in a statement without quotes. */
export function checkedFormat(name: string): string {
  if (!FORMAT_NAME.test(name)) throw exception("BAD_REQUEST_PARAMETER", `Not the name of a format: ${clip(name)}`);
  return name;
}

function checkedName(name: string): string {
  if (!NAME.test(name)) throw exception("BAD_REQUEST_PARAMETER", `Not the name of a setting: ${clip(name)}`);
  return name;
}

function clip(text: string): string {
  return JSON.stringify(text.slice(0, 64));
}
