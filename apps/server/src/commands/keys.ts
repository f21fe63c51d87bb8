import { instancePaths } from "@cairn/ledger";
import { callRunningServer } from "../admin/call-running-server.ts";
import type { CreatedKey, KeyRequest } from "../admin/create-key.ts";
import type { ServerCommand } from "./command.ts";
import { type DataOptions, readDataOptions, UsageError } from "./data-command.ts";
import { explain } from "./explain.ts";

const USAGE =
  "cairn keys create --data-dir D [--project P] [--tenant T] --scopes events:write,events:read[,…] [--name N] [--expires-days N]";

/** `cairn keys create`: makes an API key, beside a running server or alone, and prints it on standard output. */
export const keysCommand: ServerCommand = {
  name: "keys create",
  summary: "create an API key",
  usage: USAGE,
  async run(argv) {
    try {
      const { dataDir, stateDir, values } = readDataOptions(argv, OPTIONS);
      const made = await create(readRequest(values), { dataDir, stateDir });
      process.stdout.write(`${values.json === true ? JSON.stringify(made) : made.key}\n`);
      return 0;
    } catch (error) {
      return explain(error, USAGE);
    }
  },
};

const OPTIONS = {
  project: "string",
  tenant: "string",
  scopes: "string",
  name: "string",
  "expires-days": "string",
} as const;

function readRequest(values: DataOptions["values"]): KeyRequest {
  const text = (name: keyof typeof OPTIONS) => values[name] as string | undefined;
  const scopes = text("scopes");
  if (scopes === undefined) throw new UsageError("--scopes is missing");
  const expiresDays = text("expires-days") === undefined ? undefined : Number(text("expires-days"));
  if (expiresDays !== undefined && !(expiresDays > 0)) throw new UsageError("--expires-days is a number of days");
  const tenant = text("tenant");
  return {
    project: text("project") ?? "default",
    ...(tenant === undefined ? {} : { tenant }),
    name: text("name") ?? "command line",
    scopes: scopes.split(",").map((scope) => scope.trim()),
    ...(expiresDays === undefined ? {} : { expiresAtMs: Date.now() + expiresDays * 86_400_000 }),
  };
}

async function create(
  request: KeyRequest,
  where: { readonly dataDir: string; readonly stateDir: string | undefined },
): Promise<CreatedKey> {
  const answer = await callRunningServer(where.dataDir, "keys-create", request);
  if (answer !== undefined) return answer.result as CreatedKey;
  const { createKeyAlone } = await import("../admin/create-key-alone.ts");
  return createKeyAlone(request, instancePaths(where.dataDir, where.stateDir));
}
