import { MANIFEST_PATH } from "../files/bundle-files.ts";
import type { Findings } from "./finding.ts";
import type { Manifest } from "./manifest.ts";
import { checkpointOfProof, isOldCheckpoint } from "./older-checkpoints.ts";
import { belongsToTileLog } from "./tile-log.ts";

/** Where everything is in a bundle: `docs/formats/bundle.md`. */
export const BUNDLE = {
  manifest: MANIFEST_PATH,
  checkpoint: "checkpoint",
  policy: "policy.txt",
  events: "events.ndjson",
  controlPrefix: "control/",
  controlCheckpoint: "control/checkpoint",
  control: "control/control.ndjson",
} as const;

/** Gives the path of a compact bundle's proof of an event. */
export function proofPath(sequence: number): string {
  return `proofs/${sequence}.tlog-proof`;
}

/** Files that every bundle has. */
const REQUIRED: readonly string[] = [
  BUNDLE.checkpoint,
  BUNDLE.policy,
  BUNDLE.events,
  BUNDLE.controlCheckpoint,
  BUNDLE.control,
];

const PROOF = /^proofs\/(0|[1-9]\d{0,15})\.tlog-proof$/;

/** Finds files that a bundle must have and has not, and such as have no place in it, listed or not. */
export function checkLayout(
  paths: ReadonlySet<string>,
  logs: { readonly manifest: Manifest; readonly controlSize: number | undefined },
  findings: Findings,
): void {
  for (const file of REQUIRED) {
    if (!paths.has(file)) findings.add({ code: "file_missing", file, message: "every bundle has this file" });
  }
  const { kind, size } = logs.manifest;
  for (const file of paths) {
    if (file === BUNDLE.manifest || REQUIRED.includes(file)) continue;
    const path = file.startsWith(BUNDLE.controlPrefix) ? file.slice(BUNDLE.controlPrefix.length) : file;
    const isControl = path !== file;
    const prefix = isControl ? BUNDLE.controlPrefix : "";
    const logSize = isControl ? (logs.controlSize ?? 0) : size;
    const oldCheckpoint = kind === "compact" && !isControl ? checkpointOfProof(path) : undefined;
    const belongs =
      isOldCheckpoint(path) ||
      (oldCheckpoint !== undefined && paths.has(`${prefix}${oldCheckpoint}`)) ||
      ((kind === "full" || isControl) && belongsToTileLog(path, logSize)) ||
      (kind === "compact" && !isControl && PROOF.test(path));
    if (!belongs) findings.add({ code: "file_unexpected", file, message: "the file has no place in this bundle" });
  }
}
