import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EngineLimits } from "./limits.ts";
import type { ChdbModule } from "./load-chdb.ts";
import { makeNamedPipes } from "./result-pipe.ts";
import { renderServerConfig } from "./server-config.ts";
import { createSessionPool, type SessionPool } from "./session-pool.ts";
import { createSessionSlot, type SessionSlot } from "./session-slot.ts";
import { createSpool, type Spool } from "./spool.ts";

/** An open database with its sessions. */
export type EngineCore = Readonly<{
  pool: SessionPool;
  /** A session outside the pool. */
  control: SessionSlot;
  spool: Spool;
  /** Closes every session. Statements still running finish first. */
  close: () => void;
}>;

/** Where an engine keeps what, below the directory it was given. */
export function engineLayout(directory: string) {
  return {
    /** chDB's own directory: tables, metadata, its lock file. */
    database: join(directory, "clickhouse"),
    config: join(directory, "engine.xml"),
    /** Spool files, named pipes and the socket; emptied at every start. */
    run: join(directory, "run"),
    socket: join(directory, "run", "engine.sock"),
  } as const;
}

/**
 * Opens the database in `directory`, making it if need be.
 *
 * What a killed predecessor left in the run directory goes once the database is open, that is, once chDB's kernel lock on
 * it says that nobody else uses the directory.
 *
 * @throws Error when chDB cannot open the directory; it says why on standard error only
 */
export async function openEngineCore(chdb: ChdbModule, directory: string, limits: EngineLimits): Promise<EngineCore> {
  const layout = engineLayout(directory);
  await mkdir(layout.database, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  await writeFile(layout.config, renderServerConfig(limits), { mode: 0o600 });
  const openSession = () => new chdb.Session(layout.database, { connectionArgs: [`--config-file=${layout.config}`] });
  const control = createSessionSlot(openSession, { pipePath: "", tag: "cairn-control" });
  await rm(layout.run, { recursive: true, force: true });
  await mkdir(layout.run, { mode: 0o700 });
  const pipePaths = Array.from({ length: limits.sessions }, (_, i) => join(layout.run, `result-${i}`));
  await makeNamedPipes(pipePaths);
  const slots = pipePaths.map((pipePath, i) => createSessionSlot(openSession, { pipePath, tag: `cairn-${i}` }));
  await control.run("SELECT 1", "Null");
  return {
    pool: createSessionPool(slots, limits),
    control,
    spool: createSpool(layout.run, limits),
    close: () => {
      for (const slot of [...slots, control]) slot.close();
    },
  };
}
