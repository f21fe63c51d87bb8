import { CairnError } from "@cairn/event";
import { CONTROL_LOG, deriveLogKey, EVENT_LOG, type LogKind, logVkey, readLog, type Tenant } from "@cairn/ledger";
import { MerkleError } from "@cairn/merkle";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ServerContext } from "../../context.ts";
import { authenticate, identify, tenantOf } from "../../http/principal.ts";

/** Tiles never change; checkpoints do within seconds. */
const IMMUTABLE = "public, max-age=31536000, immutable";

/** The tenant's logs at the C2SP tlog-tiles paths, and what a verifier has to know of them. */
export function logRoutes(app: FastifyInstance, context: ServerContext): void {
  app.get(
    "/v1/tenant",
    { schema: { summary: "The tenant of the key, and its log", tags: ["log"] } },
    async (request) => {
      const principal = authenticate(context, request, "events:read");
      return presentTenant(context, tenantOf(context, request, principal));
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
      const bytes = await readTile(context, { tenantNo: tenant.no, log, ledger, path, size: head.size });
      if (bytes === undefined) throw new CairnError("not_found", "the tree has no such tile");
      return reply.type("application/octet-stream").header("cache-control", IMMUTABLE).send(Buffer.from(bytes));
    },
  );
}

interface TileRequest {
  readonly tenantNo: number;
  readonly log: LogKind;
  readonly ledger: number;
  readonly path: string;
  readonly size: number;
}

async function readTile(context: ServerContext, request: TileRequest): Promise<Uint8Array | undefined> {
  try {
    return await context.threads.readers[0]!.call("tile", request);
  } catch (error) {
    if (error instanceof MerkleError || (error as Error).message.includes("path")) return undefined;
    throw error;
  }
}

/** The tenant whose log this is: its own key opens it, or it has been made public. */
function openLog(context: ServerContext, request: FastifyRequest<{ Params: { logId: string } }>): Tenant {
  const row = context.side.db.get<{ no: number }>("SELECT no FROM tenants WHERE log_id = ?", request.params.logId);
  const tenant = row === undefined ? undefined : context.side.registry.tenant(row.no);
  if (tenant?.settings.publicLog === true) return tenant;
  const principal = identify(context, request);
  if (principal === undefined)
    throw new CairnError("unauthenticated", "the log is not public; send a key of its tenant");
  const isOwn =
    tenant !== undefined && principal.projectNo === tenant.projectNo && (principal.tenantNo ?? tenant.no) === tenant.no;
  if (!isOwn) throw new CairnError("not_found", "there is no such log");
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

function presentTenant(context: ServerContext, tenant: Tenant): object {
  const log = readLog(context.side.db, tenant.no, EVENT_LOG);
  const vkey = (origin: string) => logVkey(origin, deriveLogKey(context.side.secrets.signingSecret, origin));
  return {
    tenant: tenant.id,
    name: tenant.name,
    project: tenant.projectId,
    log: {
      id: tenant.logId,
      origin: log.origin,
      vkey: vkey(log.origin),
      control_vkey: vkey(`${log.origin}/control`),
      ledger: log.ledger,
      size: log.size,
      checkpoint_size: context.heads.get(tenant.no, EVENT_LOG, log.ledger)?.size ?? 0,
    },
  };
}
