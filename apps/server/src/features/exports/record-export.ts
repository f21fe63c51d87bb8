import { actorOf, contextOf } from "../../access/actor.ts";
import type { Reader } from "../../access/readings.ts";
import type { ServerContext } from "../../context.ts";
import type { StoredExport } from "../../exports/export-store.ts";
import { describe } from "../search/record-reading.ts";

/** Exports are taken while search is starting; who the people of a query are cannot be told then. */
const NOT_RESOLVED = { query: null };

/** Records that the log leaves in a file: asked for by anybody, fetched by anybody. */
export async function recordExport(
  context: ServerContext,
  { principal, tenant, request }: Reader,
  { action, job }: { readonly action: "log.exported" | "log.export.downloaded"; readonly job: StoredExport },
): Promise<void> {
  const { format, q, from, to } = job.order.request;
  const asked = {
    ...(q === undefined ? {} : { q }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
  const event = {
    action,
    verb: "export",
    actor: actorOf(principal, { tenantNo: tenant.no, operatorName: context.config.operatorName }),
    context: contextOf(request, principal),
    targets: [{ type: "export", id: job.id }],
    details: { format, ...(await describe(context, { tenant }, asked).catch(() => NOT_RESOLVED)) },
  };
  await context.own.record([{ tenantNo: tenant.no, category: "reading", event }]);
}
