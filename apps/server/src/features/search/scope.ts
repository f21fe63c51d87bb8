import { CairnError, parseQuery, parseTime } from "@cairn/event";
import type { SearchScope } from "@cairn/search";
import { walled } from "../../access/wall.ts";
import type { ServerContext } from "../../context.ts";
import type { Entered } from "../../http/principal.ts";

interface ScopeRequest {
  readonly q?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Turns a request into what the index searches: the tenant first, the query parsed, within the reader's wall, everything up to the index's cursor. */
export function scopeOf(
  context: ServerContext,
  { tenant, principal }: Entered,
  request: ScopeRequest,
  nowMs: number,
): SearchScope {
  const next = context.search.asOf(tenant.no);
  return {
    tenantNo: tenant.no,
    query: context.groups.understand(tenant.no, walled(parseQuery(request.q ?? "", { nowMs }), principal.wall, nowMs)),
    fromMs: timeOf(request.from, "from"),
    toMs: timeOf(request.to, "to"),
    asOf: { ledger: next.ledger, sequence: next.sequence - 1 },
  };
}

/** Reads a bound of a request, to Unix milliseconds. @throws CairnError parameter_invalid */
export function timeOf(text: string | undefined, name: string): number | undefined {
  if (text === undefined || text === "") return undefined;
  try {
    return parseTime(text, "");
  } catch (cause) {
    throw new CairnError("parameter_invalid", `${name}: ${(cause as Error).message}`, { cause });
  }
}
