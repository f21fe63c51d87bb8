/**
 * Names of the arrows of the write path at which tests end the process, as a power cut would. Set
 * `CAIRN_CRASH_AT=<point>` or `<point>#<n>` for the n-th time a thread gets there; unset, a crash point does nothing.
 */
export const CRASH_POINTS = [
  /** Keys of subjects or of the journal are durable, nothing that needs them is. */
  "keys-committed",
  /** A tenant's keys are durable, the tenant is not. */
  "tenant-keys-committed",
  /** A rotation of keys has begun, is done for a tenant, has a new instance key, has used it. */
  "tenant-key-added",
  "tenant-key-dropped",
  "instance-key-added",
  "instance-key-used",
  /** Identities, journal row and sizes are written, not committed. */
  "journal-inside",
  /** Events are durable, not acknowledged. */
  "journal-committed",
  /** A control entry is durable, what it announces has not happened. */
  "control-committed",
  /** Heads are durable in the database, the guard does not know them. */
  "heads-committed",
  /** Heads are durable in the guard, the world does not know them. */
  "guard-advanced",
  /** A segment is written under its temporary name. */
  "segments-written",
  "segments-synced",
  /** A segment has its name and no manifest row. */
  "segments-renamed",
  /** A segment is in the manifest; the journal key of its rows still exists. */
  "segments-swapped",
  /** The same for runs of identities. */
  "identities-written",
  "identities-synced",
  "identities-renamed",
  /** A run is in the manifest; the files it replaces still exist. */
  "identities-swapped",
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

const [wanted, count = "1"] = (process.env.CAIRN_CRASH_AT ?? "").split("#");
let left = Number(count);

/** Ends the process here if the tests asked for it. */
export function crashPoint(point: CrashPoint): void {
  if (wanted === "" || point !== wanted || --left > 0) return;
  process.kill(process.pid, "SIGKILL");
  // The signal may reach another thread first: this one goes no further.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
