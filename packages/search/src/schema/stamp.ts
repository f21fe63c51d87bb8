import type { IndexDatabase } from "../database/index-database.ts";
import { createStatements, INDEX_SCHEMA_VERSION, quoteName, TABLES } from "./tables.ts";

/** What an index was made by. */
export interface IndexStamp {
  readonly schemaVersion: number;
  readonly engineVersion: string;
}

/** Gives the version of the engine behind a database. */
export async function engineVersion(index: IndexDatabase): Promise<string> {
  const [row] = await index.query<[string]>({ sql: "SELECT version()" });
  return row?.[0] ?? "";
}

/** What this program, with this engine, would stamp an index with. */
export async function currentStamp(index: IndexDatabase): Promise<IndexStamp> {
  return { schemaVersion: INDEX_SCHEMA_VERSION, engineVersion: await engineVersion(index) };
}

/** Makes the database, its tables and its stamp where they are missing. */
export async function createIndex(index: IndexDatabase): Promise<IndexStamp> {
  for (const sql of createStatements(index.database)) await index.command({ sql });
  const existing = await readStamp(index);
  if (existing !== undefined) return existing;
  const stamp = await currentStamp(index);
  await index.command({
    sql: `INSERT INTO ${stampTable(index)} SELECT {schemaVersion:UInt32}, {engineVersion:String}, now64(3)`,
    params: { ...stamp },
  });
  return stamp;
}

/** Reads the stamp of an index; undefined when there is none, or its making was not finished. */
export async function readStamp(index: IndexDatabase): Promise<IndexStamp | undefined> {
  const [exists] = await index.query<[number]>({
    sql: "SELECT count() FROM system.tables WHERE database = {database:String} AND name = {table:String}",
    params: { database: index.database, table: TABLES.stamp },
  });
  if (exists?.[0] !== 1) return undefined;
  const [row] = await index.query<[number, string]>({
    sql: `SELECT schema_version, engine_version FROM ${stampTable(index)} ORDER BY made_at LIMIT 1`,
  });
  return row === undefined ? undefined : { schemaVersion: row[0], engineVersion: row[1] };
}

/** Tells whether an index with this stamp can be used, or has to be built anew. */
export function isCurrent(stamp: IndexStamp, current: IndexStamp): boolean {
  return stamp.schemaVersion === current.schemaVersion && stamp.engineVersion === current.engineVersion;
}

/**
 * Puts a newly built index in the place of the one in use, and drops that one. Both are databases of one server. The engine
 * renames one database at a time; after a crash in between, {@link finishSwap} does the rest.
 */
export async function swapIndex(live: IndexDatabase, next: IndexDatabase): Promise<void> {
  await live.command({ sql: `DROP DATABASE IF EXISTS ${quoteName(retiredName(live))} SYNC` });
  await renameDatabase(live, { from: live.database, to: retiredName(live) });
  await finishSwap(live, next);
}

/** Finishes a swap that was broken off; does nothing when none was. Call it before opening an index. */
export async function finishSwap(live: IndexDatabase, next: IndexDatabase): Promise<void> {
  const names = await databaseNames(live);
  const retired = retiredName(live);
  // Without a live index there is one to finish: only a swap takes it away, and only after the next one was complete.
  if (!names.has(live.database) && names.has(next.database)) {
    await renameDatabase(live, { from: next.database, to: live.database });
  }
  if (names.has(retired)) await live.command({ sql: `DROP DATABASE IF EXISTS ${quoteName(retired)} SYNC` });
}

const retiredName = (live: IndexDatabase) => `${live.database}_retired`;

async function renameDatabase(index: IndexDatabase, { from, to }: { from: string; to: string }): Promise<void> {
  if (!(await databaseNames(index)).has(from)) return;
  await index.command({ sql: `RENAME DATABASE ${quoteName(from)} TO ${quoteName(to)}` });
}

/** Tells whether the database of an index is there, whatever is in it. */
export async function hasIndex(index: IndexDatabase): Promise<boolean> {
  return (await databaseNames(index)).has(index.database);
}

/** Drops an index and everything in it. */
export async function dropIndex(index: IndexDatabase): Promise<void> {
  await index.command({ sql: `DROP DATABASE IF EXISTS ${quoteName(index.database)} SYNC` });
}

async function databaseNames(index: IndexDatabase): Promise<ReadonlySet<string>> {
  const rows = await index.query<[string]>({ sql: "SELECT name FROM system.databases" });
  return new Set(rows.map(([name]) => name));
}

function stampTable(index: IndexDatabase): string {
  return `${quoteName(index.database)}.${TABLES.stamp}`;
}
