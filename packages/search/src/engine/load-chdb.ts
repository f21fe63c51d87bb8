import type * as Chdb from "chdb";
import { EngineUnavailableError } from "./errors.ts";

/** The part of chDB that the engine uses. */
export type ChdbModule = Pick<typeof Chdb, "Session">;

/**
 * Loads chDB, which maps half a gigabyte of library into the process.
 *
 * @param specifier the package to load; tests name one that does not exist
 * @throws EngineUnavailableError where chDB has no binary (Windows, musl) or its optional package was not installed
 */
export async function loadChdb(specifier = "chdb"): Promise<ChdbModule> {
  try {
    return (await import(specifier)) as ChdbModule;
  } catch (error) {
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new EngineUnavailableError(reason, { cause: error });
  }
}
