import type { Tenant } from "@cairn/ledger";
import { operatorTenant } from "../access/operator-tenant.ts";
import type { ServerContext } from "../context.ts";
import { addDemo, removeDemo } from "../features/demo/demo-commands.ts";
import type { DemoOrder } from "../features/demo/demo-data.ts";
import { createKey, type KeyRequest } from "./create-key.ts";
import { type ResetRequest, resetMember } from "./reset-member.ts";

/** Runs a command that came over the admin channel. */
export async function runAdminCommand(name: string, argument: unknown, context: ServerContext): Promise<unknown> {
  switch (name) {
    case "keys-create":
      return createKey(argument as KeyRequest, {
        registry: context.side.registry,
        access: context.side.access,
        writer: context.threads.writer,
        own: context.own,
      });
    case "first-use-link": {
      const found = await linkTarget(argument as LinkRequest, context);
      return { url: `${context.url()}/first-use?token=${context.links.issue(found, Date.now())}` };
    }
    case "members-reset":
      return resetMember(argument as ResetRequest, context);
    case "reindex":
      return context.threads.index.call("rebuild", undefined);
    case "index-connection": {
      const connection = context.search.engine();
      if (connection === undefined) throw new Error("search is starting; try again in a moment");
      return connection;
    }
    case "keys-rotate":
      return context.threads.writer.call("rotateKeys", "all");
    case "confirm-clock":
      return context.threads.writer.call("confirmClock", undefined);
    case "demo-add":
      return addDemo(argument as DemoOrder, context);
    case "demo-remove":
      return removeDemo(context);
    default:
      throw new Error(`the running server does not know the command ${name}; is it of another version?`);
  }
}

/** Whom a link signs in: the owner of a tenant, or an operator. */
interface LinkRequest {
  readonly tenant: string;
  readonly project?: string;
  readonly operator?: boolean;
}

async function linkTarget({ tenant, project, operator }: LinkRequest, context: ServerContext): Promise<Tenant> {
  const { registry } = context.side;
  if (operator === true) return operatorTenant(registry, context.threads.writer);
  const inProject = registry.project(project ?? "default");
  const found = inProject === undefined ? undefined : registry.findTenant(inProject.no, tenant);
  if (found === undefined) throw new Error(`there is no tenant ${tenant}`);
  return found;
}
