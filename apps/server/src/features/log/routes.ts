import { CairnError } from "@cairn/event";
import {
  CONTROL_LOG,
  controlOrigin,
  deriveLogKey,
  EVENT_LOG,
  type LogKind,
  type LogState,
  logVkey,
  readLog,
  readLogsOf,
  type Tenant,
} from "@cairn/ledger";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ServerContext } from "../../context.ts";
import { authenticate, type Entered, enter, identify } from "../../http/principal.ts";

/** Tiles never change; checkpoints do within seconds. What needs a key is for nobody else's cache. */
const IMMUTABLE = "max-age=31536000, immutable";

/** The tenant's logs at the C2SP tlog-tiles paths, and what a verifier has to know of them. */
export function logRoutes(app: FastifyInstance, context: ServerContext): void {
  app.get(
    "/v1/tenant",
    { schema: { summary: "The tenant of the key, and its log", tags: ["log"] } },
    async (request) => {
      return presentTenant(context, enter(context, request, "events:read"));
    },
  );

  app.get<{ Params: { logId: string; "*": string } }>(
    "/log/:logId/*",
    { schema: { summary: "Checkpoint, tiles and entry bundles (C2SP tlog-tiles)", tags: ["log"] } },
    async (request, reply) => {
      const tenant = openLog(context, request);
      const { log, ledger, path } = parseLogPath(request.params["*"], context, tenant);
      const head = context.heads.get(tenant.no, log, ledger);
      if (head === undefined) throw new CairnError("not_found", "there is no such log");
      if (path === "checkpoint")
        return reply.type("text/plain; charset=utf-8").header("cache-control", "no-cache").send(head.note);
      const tile = { tenantNo: tenant.no, log, ledger, path, size: head.size };
      const bytes = await context.threads.reader.call("tile", tile);
      if (bytes === undefined) throw new CairnError("not_found", "the tree has no such tile");
      return reply
        .type("application/octet-stream")
        .header("cache-control", cacheControl(tenant))
        .send(Buffer.from(bytes));
    },
  );
}

function cacheControl({ settings }: Tenant): string {
  return `${settings.publicLog === true ? "public" : "private"}, ${IMMUTABLE}`;
}

/** The tenant whose log this is: its own key opens it, or it has been made public. */
function openLog(context: ServerContext, request: FastifyRequest<{ Params: { logId: string } }>): Tenant {
  const row = context.side.db.get<{ no: number }>("SELECT no FROM tenants WHERE log_id = ?", request.params.logId);
  const tenant = row === undefined ? undefined : context.side.registry.tenant(row.no);
  if (tenant?.settings.publicLog === true && tenant.deletedAtMs === undefined) return tenant;
  const principal = identify(context, request);
  if (principal === undefined)
    throw new CairnError("unauthenticated", "the log is not public; send a key of its tenant");
  const isOwn =
    tenant !== undefined &&
    tenant.deletedAtMs === undefined &&
    principal.projectNo === tenant.projectNo &&
    (principal.tenantNo ?? tenant.no) === tenant.no;
  // Tiles count everything, and say when it was recorded: behind a wall there are none.
  if (!isOwn || principal.wall !== undefined) throw new CairnError("not_found", "there is no such log");
  authenticate(context, request, "events:read");
  return tenant;
}

function parseLogPath(
  rest: string,
  context: ServerContext,
  tenant: Tenant,
): { log: LogKind; ledger: number; path: string } {
  const [, epoch, control, path = ""] = /^(?:e(\d{1,3})\/)?(control\/)?(.*)$/.exec(rest) ?? [];
  const newest = readLog(context.side.db, tenant.no, EVENT_LOG).ledger;
  const ledger = epoch === undefined ? newest : Number(epoch);
  return { log: control === undefined ? EVENT_LOG : CONTROL_LOG, ledger, path };
}

function presentTenant(context: ServerContext, { tenant, principal }: Entered): object {
  const who = { tenant: tenant.id, name: tenant.name, project: tenant.projectId };
  if (principal.wall !== undefined) return { ...who, log: null };
  const log = readLog(context.side.db, tenant.no, EVENT_LOG);
  const earlier = readLogsOf(context.side.db, tenant.no).filter(
    (each) => each.log === EVENT_LOG && each.ledger < log.ledger,
  );
  return {
    ...who,
    log: {
      id: tenant.logId,
      ...presentLedger(context, log),
      earlier: earlier.map((each) => presentLedger(context, each)),
    },
  };
}

/** A ledger and what verifies it: an epoch that a recovery ended keeps its own keys. */
function presentLedger({ side, heads }: ServerContext, { tenantNo, ledger, origin, size }: LogState): object {
  const vkey = (name: string) => logVkey(name, deriveLogKey(side.secrets.signingSecret, name));
  return {
    origin,
    vkey: vkey(origin),
    control_vkey: vkey(controlOrigin(origin)),
    ledger,
    size,
    checkpoint_size: heads.get(tenantNo, EVENT_LOG, ledger)?.size ?? 0,
  };
}
