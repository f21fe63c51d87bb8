import type { ServerContext } from "../context.ts";
import { createKey, type KeyRequest } from "./create-key.ts";

/** Runs a command that came over the admin channel. */
export async function runAdminCommand(name: string, argument: unknown, context: ServerContext): Promise<unknown> {
  switch (name) {
    case "keys-create":
      return createKey(argument as KeyRequest, {
        registry: context.side.registry,
        writer: context.threads.writer,
        ingest: context.threads.ingest[0]!,
      });
    case "first-use-link": {
      const { tenant } = argument as { tenant: string };
      const project = context.side.registry.project("default");
      const found = project === undefined ? undefined : context.side.registry.findTenant(project.no, tenant);
      if (found === undefined) throw new Error(`there is no tenant ${tenant}`);
      return { url: `${context.url()}/first-use?token=${context.sessions.issueLink(found, Date.now())}` };
    }
    case "reindex":
      return context.threads.index.call("rebuild", undefined);
    case "keys-rotate":
      return context.threads.writer.call("rotateKeys", "all");
    case "confirm-clock":
      return context.threads.writer.call("confirmClock", undefined);
    default:
      throw new Error(`the running server does not know the command ${name}; is it of another version?`);
  }
}
