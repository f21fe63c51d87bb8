import { mkdirSync } from "node:fs";
import {
  initialiseInstance,
  lockDirectory,
  openReaderSide,
  openWriterSide,
  type Paths,
  systemClock,
} from "@cairn/ledger";
import { OwnLog } from "../access/own-log.ts";
import { createIngest } from "../ingest/ingest-service.ts";
import { localClient } from "../threads/rpc.ts";
import { createWriterHandlers } from "../threads/writer-handlers.ts";
import { type CreatedKey, createKey, type KeyRequest } from "./create-key.ts";

/** Makes an API key where no server runs, and the instance too when there is none. */
export async function createKeyAlone(request: KeyRequest, paths: Paths): Promise<CreatedKey> {
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
