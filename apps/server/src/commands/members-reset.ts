import { callRunningServer } from "../admin/call-running-server.ts";
import type { ServerCommand } from "./command.ts";
import { readDataOptions, UsageError } from "./data-command.ts";
import { explain } from "./explain.ts";

const USAGE = "cairn members reset --email E [--data-dir D] [--project P] [--tenant T]";

/** `cairn members reset`: makes a link by which a member chooses a new password. */
export const membersResetCommand: ServerCommand = {
  name: "members reset",
  summary: "make a link that sets a member's password anew",
  usage: USAGE,
  async run(argv) {
    try {
      const { dataDir, values } = readDataOptions(argv, { email: "string", project: "string", tenant: "string" });
      if (values.email === undefined) throw new UsageError("--email is missing");
      const answer = await callRunningServer(dataDir, "members-reset", values);
      if (answer === undefined) {
        console.error(`cairn: no server is running on ${dataDir}; start it first`);
        return 1;
      }
      const made = answer.result as { readonly url: string };
      process.stdout.write(`${values.json === true ? JSON.stringify(made) : made.url}\n`);
      return 0;
    } catch (error) {
      return explain(error, USAGE);
    }
  },
};
