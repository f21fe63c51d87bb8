/**
 * Says that the embedded engine cannot run on this machine: no chDB for the platform, or its optional package is missing.
 *
 * Trying again does not help; the message says what does.
 */
export class EngineUnavailableError extends Error {
  override readonly name = "EngineUnavailableError";
  readonly code = "engine_unavailable";

  /** @param reason what failed, in the words of the loader or the operating system */
  constructor(reason: string, options?: ErrorOptions) {
    super(
      `The embedded search engine (chDB) cannot run here: ${reason}. ` +
        "Point --clickhouse-url at a ClickHouse server, or run on glibc Linux or macOS (x64 or arm64) with optional npm packages installed.",
      options,
    );
  }
}

/** Says that another live server holds the engine's directory. Stop that server, or give this one a directory of its own. */
export class EngineLockedError extends Error {
  override readonly name = "EngineLockedError";
  readonly code = "engine_locked";
}

/** Says that the engine's process did not come up. The message ends with what the process last said. */
export class EngineStartError extends Error {
  override readonly name = "EngineStartError";
  readonly code = "engine_start_failed";
}
