import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  initialiseInstance,
  instancePaths,
  lockDirectory,
  openReaderSide,
  openWriterSide,
  systemClock,
} from "@cairn/ledger";
import { callRunningServer } from "../admin/channel.ts";
import { createKey, type KeyRequest } from "../admin/create-key.ts";
import { createIngest } from "../ingest/ingest-service.ts";
import { localClient } from "../threads/rpc.ts";
import { createWriterHandlers } from "../threads/writer-handlers.ts";
import type { ServerCommand } from "./command.ts";
import { explain } from "./serve.ts";

const USAGE =
  "cairn keys create --data-dir D [--project P] [--tenant T] --scopes events:write,events:read[,…] [--name N] [--expires-days N]";

/** `cairn keys create`: makes an API key, beside a running server or alone, and prints it on standard output. */
export const keysCommand: ServerCommand = {
  name: "keys",
  summary: "create an API key",
  usage: USAGE,
  async run(argv) {
    const [action, ...rest] = argv;
    if (action !== "create") {
      console.error(`Usage: ${USAGE}`);
      return 2;
    }
    try {
      const { values } = parseArgs({
        args: rest,
        options: {
          "data-dir": { type: "string", default: process.env.CAIRN_DATA_DIR ?? "./data" },
          "state-dir": { type: "string" },
          project: { type: "string", default: "default" },
          tenant: { type: "string" },
          scopes: { type: "string" },
          name: { type: "string", default: "command line" },
          "expires-days": { type: "string" },
          json: { type: "boolean", default: false },
        },
      });
      const expiresDays = values["expires-days"] === undefined ? undefined : Number(values["expires-days"]);
      if (values.scopes === undefined || (expiresDays !== undefined && !(expiresDays > 0))) {
        console.error(`Usage: ${USAGE}`);
        return 2;
      }
      const request: KeyRequest = {
        project: values.project,
        ...(values.tenant === undefined ? {} : { tenant: values.tenant }),
        name: values.name,
        scopes: values.scopes.split(",").map((scope) => scope.trim()),
        ...(expiresDays === undefined ? {} : { expiresAtMs: Date.now() + expiresDays * 86_400_000 }),
      };
      const made = await create(request, {
        dataDir: values["data-dir"],
        stateDir: values["state-dir"] ?? process.env.CAIRN_STATE_DIR,
      });
      process.stdout.write(`${values.json ? JSON.stringify(made) : made.key}\n`);
      return 0;
    } catch (error) {
      if ((error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS") === true) {
        console.error(`cairn: ${(error as Error).message}\nUsage: ${USAGE}`);
        return 2;
      }
      if (error instanceof Error && error.constructor === Error) {
        console.error(`cairn: ${error.message}`);
        return 1;
      }
      return explain(error);
    }
  },
};

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
    const made = await createKey(request, { registry: side.registry, writer, ingest });
    await writer.call("close", undefined);
    return made;
  } finally {
    reader.close();
    lock.release();
  }
}
