import { base64Decode, MerkleError } from "@cairn/merkle";
import type { Findings } from "./finding.ts";
import type { ListedFiles } from "./listed-files.ts";
import { type ConsistencyCheck, checkByProof, checkTrivial, type Head, type Inconsistency } from "./log-consistency.ts";
import type { KnownCheckpoint, Pins } from "./pins.ts";
import { type HeadContext, openHead, type SignedHead } from "./signed-head.ts";

/** What older checkpoints of one log are held against. */
export interface OlderContext {
  readonly head: SignedHead;
  /** Where the log's files are: "" or "control/". */
  readonly prefix: string;
  readonly files: ListedFiles;
  readonly paths: Iterable<string>;
  readonly opening: Omit<HeadContext, "file" | "pins">;
  readonly known: readonly KnownCheckpoint[];
  readonly comparison: Comparison;
}

/** How an older head can be compared with the newest. */
export type Comparison =
  /** By the tiles of the log, which are intact. */
  | { readonly kind: "tiles"; readonly check: ConsistencyCheck }
  /** By `old/<size>.consistency`. */
  | { readonly kind: "proofs" }
  /** Not at all: the log is damaged, of which there are findings. */
  | { readonly kind: "none" };

const NO_PINS: Pins = { vkeys: [], policies: [], known: [] };
const OLD_CHECKPOINT = /^old\/checkpoint\.(0|[1-9]\d{0,15})$/;

/** Checks every older checkpoint, in the bundle or brought along; gives how many were compared. */
export async function checkOlder(context: OlderContext, findings: Findings): Promise<number> {
  const { prefix, files, head } = context;
  let compared = 0;
  for (const file of [...context.paths].filter((path) => path.startsWith(`${prefix}old/`)).sort()) {
    const size = OLD_CHECKPOINT.exec(file.slice(prefix.length))?.[1];
    const note = size === undefined ? undefined : await files.read(file);
    if (note === undefined) continue;
    const old = openHead(note, { ...context.opening, file, pins: NO_PINS }, findings);
    if (old === undefined) continue;
    if (String(old.checkpoint.size) !== size) {
      findings.add({ code: "name_mismatch", file, message: `the checkpoint is of size ${old.checkpoint.size}` });
    }
    if (await compare(old.checkpoint, { file, ...context }, findings)) compared++;
  }
  for (const { file, checkpoint } of context.known) {
    if (checkpoint.origin !== head.checkpoint.origin) continue;
    if (await compare(checkpoint, { file, ...context }, findings)) compared++;
  }
  return compared;
}

/** Compares one older head; true when it is consistent. */
async function compare(
  old: Head,
  context: OlderContext & { readonly file: string },
  findings: Findings,
): Promise<boolean> {
  const { file, comparison } = context;
  if (comparison.kind === "none") return false;
  const fault =
    comparison.kind === "tiles" ? await comparison.check(old) : await compareByProof(old, context, findings);
  if (fault === undefined) return true;
  const code = fault.kind === "inconsistent" ? "inconsistent_checkpoint" : "consistency_unproven";
  findings.add({ code, file, message: `the log is not known to have grown out of this checkpoint: ${fault.message}` });
  return false;
}

async function compareByProof(
  old: Head,
  context: OlderContext,
  findings: Findings,
): Promise<Inconsistency | undefined> {
  const head = context.head.checkpoint;
  const trivial = checkTrivial(old, head);
  if (trivial !== "to be proven") return trivial;
  const proof = await readProof(`${context.prefix}old/${old.size}.consistency`, context.files, findings);
  if (proof === undefined) return { kind: "uncheckable", message: "the bundle has no proof of it" };
  return checkByProof(proof, old, head);
}

async function readProof(
  file: string,
  files: ListedFiles,
  findings: Findings,
): Promise<readonly Uint8Array[] | undefined> {
  const bytes = await files.read(file);
  if (bytes === undefined) return undefined;
  const lines = Buffer.from(bytes).toString("latin1").split("\n");
  if (lines.pop() !== "") {
    findings.add({ code: "malformed_proof", file, message: "the proof does not end in a newline" });
    return undefined;
  }
  try {
    return lines.map(base64Decode);
  } catch (error) {
    if (!(error instanceof MerkleError)) throw error;
    findings.add({ code: "malformed_proof", file, message: error.message });
    return undefined;
  }
}

/** Tells whether a path below a log's prefix is of an older checkpoint. */
export function isOldCheckpoint(path: string): boolean {
  return OLD_CHECKPOINT.test(path);
}

/** Names the checkpoint that a consistency proof is from; undefined for other paths. */
export function checkpointOfProof(path: string): string | undefined {
  const size = /^old\/([1-9]\d{0,15})\.consistency$/.exec(path)?.[1];
  return size === undefined ? undefined : `old/checkpoint.${size}`;
}
