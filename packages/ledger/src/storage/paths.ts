import { join } from "node:path";

/** Where things lie. The data directory and the state directory are backed up apart. */
export interface Paths {
  readonly dataDir: string;
  readonly stateDir: string;
  readonly database: string;
  readonly keys: string;
  readonly blobs: string;
  readonly index: string;
  readonly exports: string;
  /** Held for as long as a server, or a command that writes, has the data directory. */
  readonly lock: string;
  readonly instanceKey: string;
  readonly signingKey: string;
  readonly serverSecret: string;
  readonly guard: string;
}

/** Names the files of an instance. */
export function instancePaths(dataDir: string, stateDir: string = `${dataDir.replace(/\/+$/, "")}-state`): Paths {
  return {
    dataDir,
    stateDir,
    database: join(dataDir, "cairn.db"),
    keys: join(dataDir, "keys.db"),
    blobs: join(dataDir, "blobs"),
    index: join(dataDir, "index"),
    exports: join(dataDir, "exports"),
    lock: join(dataDir, "lock.db"),
    instanceKey: join(stateDir, "instance.key"),
    signingKey: join(stateDir, "signing.key"),
    serverSecret: join(stateDir, "server.key"),
    guard: join(stateDir, "guard.db"),
  };
}
