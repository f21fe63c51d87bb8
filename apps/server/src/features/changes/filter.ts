import { parseQuery } from "@cairn/event";
import { resolveSubjects } from "@cairn/search";
import { walledText } from "../../access/wall.ts";
import type { ServerContext } from "../../context.ts";
import type { Entered } from "../../http/principal.ts";
import type { ChangesFilter } from "../../threads/reader-api.ts";

/** Makes a query, within its reader's wall, ready for the reader thread, which has no index to ask who people are. */
export async function filterOf(
  context: ServerContext,
  { tenant, principal }: Entered,
  q: string,
): Promise<ChangesFilter> {
  const nowMs = Date.now();
  const text = walledText(q, principal.wall, nowMs);
  const query = parseQuery(text, { nowMs });
  const found = await resolveSubjects(context.search.index(), { tenantNo: tenant.no, query });
  return { q: text, nowMs, subjects: [...found].map(([key, refs]) => [key, [...refs]] as const) };
}
