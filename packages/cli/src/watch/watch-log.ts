import { openCheckpoint, parseTilePath, type Vkey } from "@cairn/merkle";
import type { Cairn, LogId } from "@cairn/sdk";
import { createTileConsistency, type Head } from "../verify/log-consistency.ts";
import type { KnownCheckpoint } from "../verify/pins.ts";
import { verifiersOf } from "../verify/signed-head.ts";
import type { CheckpointStore } from "./checkpoint-store.ts";

/** What one look at a log has shown. */
export type LogSighting =
  | { readonly kind: "grown" | "unchanged"; readonly size: bigint; readonly compared: number }
  /** There is no checkpoint yet. */
  | { readonly kind: "empty" }
  /** What is served contradicts what was signed before. */
  | { readonly kind: "tampered"; readonly code: TamperCode; readonly message: string; readonly file: string };

/** Names how a log was tampered with. */
export type TamperCode = "signature" | "fork" | "rollback" | "unproven";

/** A log that is watched. */
export interface WatchedLog {
  readonly cairn: Pick<Cairn, "checkpoint" | "tile">;
  readonly log: LogId;
  readonly origin: string;
  readonly vkeys: readonly Vkey[];
  readonly store: CheckpointStore;
}

/**
 * Looks at a log once: fetches its checkpoint, verifies the signature by the pinned keys, proves by its tiles that it grew
 * out of the checkpoints in `against`, and keeps it.
 */
export async function lookAtLog(watched: WatchedLog, against: readonly KnownCheckpoint[]): Promise<LogSighting> {
  const { cairn, log, origin, vkeys, store } = watched;
  const note = await cairn.checkpoint(log);
  if (note === undefined) return against.length === 0 ? { kind: "empty" } : disappeared(watched);
  const verdict = openCheckpoint(note, { origin, log: verifiersOf(vkeys.filter(({ name }) => name === origin)) });
  if (!verdict.ok) return tampered(watched, note, { code: "signature", message: verdict.message });
  const { checkpoint } = verdict;
  const larger = against.find((known) => known.checkpoint.size > checkpoint.size);
  if (larger !== undefined) {
    const message = `the log has ${checkpoint.size} entries, it had ${larger.checkpoint.size} in ${larger.file}`;
    return tampered(watched, note, { code: "rollback", message });
  }
  const consistent = createTileConsistency(checkpoint, async (path) => {
    const resource = parseTilePath(path);
    return resource.kind === "tile" ? cairn.tile(log, resource) : undefined;
  });
  for (const known of against) {
    const fault = await consistent(known.checkpoint);
    if (fault === undefined) continue;
    const isFork = fault.kind === "inconsistent" && isSameSize(known.checkpoint, checkpoint);
    const message = `the log of ${checkpoint.size} entries did not grow out of ${known.file}: ${fault.message}`;
    return tampered(watched, note, { code: isFork ? "fork" : codeOf(fault.kind), message });
  }
  const compared = against.length;
  if (store.kept.some((known) => known.checkpoint.size === checkpoint.size)) {
    return { kind: "unchanged", size: checkpoint.size, compared };
  }
  await store.keep(checkpoint, note);
  return { kind: "grown", size: checkpoint.size, compared };
}

function isSameSize(a: Head, b: Head): boolean {
  return a.size === b.size;
}

/** Tiles that do not prove it are a fork or a server that hides one; tiles that are missing prove nothing either way. */
function codeOf(kind: "inconsistent" | "uncheckable"): TamperCode {
  return kind === "inconsistent" ? "fork" : "unproven";
}

async function tampered(
  { store }: WatchedLog,
  note: Uint8Array,
  finding: { readonly code: TamperCode; readonly message: string },
): Promise<LogSighting> {
  return { kind: "tampered", ...finding, file: await store.accuse(note) };
}

function disappeared({ store }: WatchedLog): LogSighting {
  const newest = store.kept.at(-1);
  const message = `the log has no checkpoint, it had ${newest?.checkpoint.size ?? 0} entries`;
  return { kind: "tampered", code: "rollback", message, file: newest?.file ?? "" };
}
