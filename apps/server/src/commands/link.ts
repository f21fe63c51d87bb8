import { callRunningServer } from "../admin/call-running-server.ts";
import type { ServerCommand } from "./command.ts";
import { readDataOptions } from "./data-command.ts";
import { explain } from "./explain.ts";

/** `cairn link`: makes another first-use link of a running server. */
export const linkCommand: ServerCommand = {
  name: "link",
  summary: "make a link that signs in once, within an hour",
  usage: "cairn link [--data-dir D] [--project P] [--tenant T] [--operator]",
  async run(argv) {
    try {
      const { dataDir, values } = readDataOptions(argv, { project: "string", tenant: "string", operator: "boolean" });
      const answer = await callRunningServer(dataDir, "first-use-link", {
        ...values,
        tenant: values.tenant ?? "default",
      });
      if (answer === undefined) {
        console.error(`cairn: no server is running on ${dataDir}; start it first`);
        return 1;
      }
      const made = answer.result as { readonly url: string };
      process.stdout.write(`${values.json === true ? JSON.stringify(made) : made.url}\n`);
      return 0;
    } catch (error) {
      return explain(error, linkCommand.usage);
    }
  },
};
