import { mkdirSync } from "node:fs";
import {
  initialiseInstance,
  instancePaths,
  lockDirectory,
  openReaderSide,
  openWriterSide,
  systemClock,
} from "@cairn/ledger";
import { OwnLog } from "../access/own-log.ts";
import { callRunningServer } from "../admin/channel.ts";
import { createKey, type KeyRequest } from "../admin/create-key.ts";
import { createIngest } from "../ingest/ingest-service.ts";
import { localClient } from "../threads/rpc.ts";
import { createWriterHandlers } from "../threads/writer-handlers.ts";
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
): Promise<{ key: string; id: string }> {
  const answer = await callRunningServer(where.dataDir, "keys-create", request);
  if (answer !== undefined) return answer.result as { key: string; id: string };
  const paths = instancePaths(where.dataDir, where.stateDir);
  mkdirSync(paths.dataDir, { recursive: true, mode: 0o700 });
  const lock = lockDirectory(paths.lock);
  initialiseInstance(paths);
  const side = openWriterSide(paths, systemClock);
  const reader = openReaderSide(paths);
  try {
    const writer = localClient(createWriterHandlers(side, () => undefined));
    const ingest = localClient(createIngest({ side: reader, writer }));
    const own = new OwnLog({ side: reader, writer, ingest });
    const made = await createKey(request, { registry: side.registry, access: side.access, writer, own });
    await writer.call("close", undefined);
    return made;
  } finally {
    reader.close();
    lock.release();
  }
}
