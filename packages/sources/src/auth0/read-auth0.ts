import { type ReadItem, readJsonRecords } from "../core/read-json.ts";

/**
 * Reads the body of a log-stream webhook in any of its formats (JSON lines, array, object; elements with or without the
 * `{log_id, data}` wrapper), or of `GET /api/v2/logs`, with or without totals.
 */
export function readAuth0(body: string): ReadItem[] {
  return readJsonRecords(body, ["logs"]);
}
