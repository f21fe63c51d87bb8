import type { Tenant } from "@cairn/ledger";
import { COMMAND_LINE_ACTOR } from "../../access/actor.ts";
import { changedFields, shownTime } from "../../access/change-log.ts";
import type { ServerContext } from "../../context.ts";
import { recordEvents } from "../../sources/record-events.ts";
import { type DemoOrder, type DemoTenant, demoTenants } from "./demo-data.ts";

/** Project of the demo data; marked as one for trying out. */
export const DEMO_PROJECT = "demo";

/** What `cairn demo add` says. */
export interface DemoAdded {
  readonly events: number;
  readonly tenants: readonly { readonly id: string; readonly name: string; readonly url: string }[];
}

/** Makes the demo's tenants and records their year. @throws Error when it is there already */
export async function addDemo(order: DemoOrder, context: ServerContext): Promise<DemoAdded> {
  const { registry } = context.side;
  const { writer } = context.threads;
  const projectNo = await writer.call("createProject", { id: DEMO_PROJECT, name: "Demo", isTest: true });
  if (registry.projectOf(projectNo)?.isTest !== true)
    throw new Error(`there is a project ${DEMO_PROJECT} that is not for trying out; the demo does not touch it`);
  if (liveTenants(context).length > 0) throw new Error("the demo data is there already: cairn demo remove");
  const tenants: { id: string; name: string; url: string }[] = [];
  let recorded = 0;
  for (const year of demoTenants(order)) {
    const id = freeId(context, projectNo, year.id);
    const tenant = await writer.call("createTenant", { projectNo, id, name: year.name });
    await noteCreated(context, tenant);
    recorded += await record(context, tenant, year);
    const url = `${context.url()}/first-use?token=${context.links.issue(tenant, Date.now())}`;
    tenants.push({ id, name: year.name, url });
  }
  return { events: recorded, tenants };
}

/** A tenant that was removed keeps its name: the next demo has a number behind. */
function freeId({ side }: ServerContext, projectNo: number, wanted: string): string {
  let id = wanted;
  for (let no = 2; side.registry.findAnyTenant(projectNo, id) !== undefined; no++) id = `${wanted}-${no}`;
  return id;
}

async function noteCreated(context: ServerContext, { no, id, name }: Tenant): Promise<void> {
  const event = { action: "tenant.created", actor: COMMAND_LINE_ACTOR, targets: [{ type: "tenant", id, name }] };
  await context.own.record([{ tenantNo: no, category: "settings", event }]);
}

async function record(context: ServerContext, { no, projectNo }: Tenant, { events }: DemoTenant): Promise<number> {
  const about = { senderId: DEMO_PROJECT, projectNo, tenantNo: no, defaultSource: DEMO_PROJECT };
  const results = await recordEvents(context, { ...about, events });
  const refused = results.find(({ status }) => status !== "created");
  if (refused !== undefined) throw new Error(`an event of the demo was not recorded: ${JSON.stringify(refused)}`);
  return results.length;
}

/** Deletes the demo's tenants, at once: they are for trying out, and nobody's record is among them. */
export async function removeDemo(context: ServerContext): Promise<{ readonly removed: readonly string[] }> {
  const tenants = liveTenants(context);
  const deletedAtMs = Date.now();
  for (const { no, id, name } of tenants) {
    const event = {
      action: "tenant.deleted",
      actor: COMMAND_LINE_ACTOR,
      targets: [{ type: "tenant", id, name }],
      changes: changedFields({ deleted_at: null }, { deleted_at: shownTime(deletedAtMs) }),
    };
    await context.own.change(
      [{ kind: "tenant", no, standing: { deletedAtMs, deletion: undefined } }],
      [{ tenantNo: no, category: "settings", event }],
    );
  }
  for (const thread of context.threads.ingest) thread.tell("refresh", undefined);
  return { removed: tenants.map(({ id }) => id) };
}

function liveTenants({ side }: ServerContext): Tenant[] {
  const project = side.registry.project(DEMO_PROJECT);
  if (project?.isTest !== true) return [];
  return side.registry
    .tenants()
    .filter(({ projectNo, deletedAtMs }) => projectNo === project.no && deletedAtMs === undefined);
}
