import { createHashKernel, type HashKernel, MerkleError, type Policy, parsePolicy } from "@cairn/merkle";
import { type BundleFiles, withoutTopDirectory } from "../files/bundle-files.ts";
import { openProofs } from "./compact-proofs.ts";
import { type ControlSummary, checkControlLog } from "./control-log.ts";
import { checkEvents, type EventCounts, type EventsContext, MAX_LINE_BYTES } from "./disclosed-events.ts";
import { createDisclosureReader } from "./disclosure-reader.ts";
import { createFindings, type Findings } from "./finding.ts";
import { BUNDLE, checkLayout, proofPath } from "./layout.ts";
import { type LineSource, openLines } from "./lines/line-source.ts";
import { type ListedFiles, listFiles, type MeasuredFile } from "./listed-files.ts";
import { type ConsistencyCheck, createTileConsistency } from "./log-consistency.ts";
import { type BundleState, reportOf, sizeOf } from "./make-report.ts";
import { type Manifest, parseManifest } from "./manifest.ts";
import { type Comparison, checkOlder } from "./older-checkpoints.ts";
import type { Pins } from "./pins.ts";
import type { VerifyReport } from "./report.ts";
import { type HeadContext, openHead, type SignedHead } from "./signed-head.ts";
import { checkTileLog, type TileLog } from "./tile-log.ts";

/**
 * Verifies an evidence bundle from its bytes alone: everything that `docs/formats/bundle.md` says verification establishes.
 * Rejects only when a file cannot be read.
 */
export async function verifyBundle(bundle: BundleFiles, pins: Pins): Promise<VerifyReport> {
  const findings = createFindings();
  const files = withoutTopDirectory(bundle);
  const manifest = await readManifest(files, findings);
  if (manifest === undefined) return reportOf({}, { findings, pins });
  const listed = listFiles(files, manifest, findings);
  const state = await verifyListed({ manifest, listed, paths: new Set(files.sizes.keys()), pins }, findings);
  await listed.checkRest();
  return reportOf({ manifest, ...state }, { findings, pins });
}

async function readManifest(files: BundleFiles, findings: Findings): Promise<Manifest | undefined> {
  const file = BUNDLE.manifest;
  if (!files.sizes.has(file)) {
    findings.add({ code: "manifest_missing", file, message: "this is no bundle: it has no manifest" });
    return undefined;
  }
  const manifest = parseManifest(await files.read(file));
  if (typeof manifest !== "string") return manifest;
  findings.add({ code: "malformed_manifest", file, message: manifest });
  return undefined;
}

/** What all parts of the verification work on. */
interface Job {
  readonly manifest: Manifest;
  readonly listed: ListedFiles;
  readonly paths: ReadonlySet<string>;
  readonly pins: Pins;
}

async function verifyListed(job: Job, findings: Findings): Promise<BundleState> {
  const { manifest, listed, paths, pins } = job;
  const kernel = createHashKernel();
  const policy = await readPolicy(listed, findings);
  const eventHead = await readHead(job, { log: "event", origin: manifest.origin, vouchers: [], policy }, findings);
  const controlOpening = { log: "control", origin: `${manifest.origin}/control`, policy } as const;
  const vouchers = eventHead?.head.pinnedKeys ?? [];
  const controlHead = await readHead(job, { ...controlOpening, vouchers }, findings);
  checkLayout(paths, { manifest, controlSize: sizeOf(controlHead?.head) }, findings);
  for (const { file, checkpoint } of pins.known) {
    if ([manifest.origin, controlOpening.origin].includes(checkpoint.origin)) continue;
    findings.add({ code: "pin_other_log", file, message: `the checkpoint is of ${checkpoint.origin}` });
  }
  const heads = [eventHead?.head, controlHead?.head].filter((head) => head !== undefined);
  if (eventHead === undefined || controlHead === undefined) return { heads };

  const events = openEvents(job);
  try {
    return { heads, ...(await verifyLogs(job, { policy, kernel, eventHead, controlHead, events }, findings)) };
  } finally {
    await events.close();
  }
}

/** What the logs and events are verified with, once both heads are known. */
interface Opened {
  readonly policy: Policy | undefined;
  readonly kernel: HashKernel;
  readonly eventHead: OpenedHead;
  readonly controlHead: OpenedHead;
  readonly events: Events;
}

/** Lines of `events.ndjson`, which are being read while the logs are checked. */
type Events = LineSource & Pick<MeasuredFile, "compare">;

function openEvents({ manifest, listed }: Job): Events {
  const { kind, ledger, size, origin } = manifest;
  const { chunks, compare } = listed.measure(BUNDLE.events);
  const source = openLines({
    chunks,
    fileBytes: listed.bytesOf(BUNDLE.events),
    maxLineBytes: MAX_LINE_BYTES,
    // A compact bundle takes as long as its proofs.
    log: kind === "full" ? { ledger, size, origin } : undefined,
  });
  return { ...source, compare };
}

async function verifyLogs(job: Job, opened: Opened, findings: Findings): Promise<BundleState> {
  const { manifest, listed, paths, pins } = job;
  const { policy, kernel, eventHead, controlHead, events } = opened;
  const logs = await checkLogs(job, { event: eventHead.head, control: controlHead.head, kernel }, findings);
  const read = createDisclosureReader(kernel);
  const control = await checkControlLog(
    {
      manifest,
      files: listed,
      log: logs.control,
      checkpoint: controlHead.head.checkpoint,
      eventHead: eventHead.head.checkpoint,
      compareEventLog: logs.compareEventLog,
      policy,
      kernel,
      read,
    },
    findings,
  );
  checkQuery(control, findings);
  const proofs = openProofs({ files: listed, checkpoint: eventHead.head.checkpoint, note: eventHead.note }, findings);
  const entryOf = logs.event === undefined ? proofs.entryOf : entryOfLog(logs.event, findings);
  const { parts: lines, compare: compareFile } = events;
  const context = { manifest, lines, compareFile, entryOf, read, deletions: control.deletions };
  const counts = await checkEvents(context, findings);
  proofs.finish();
  if (manifest.kind === "compact") checkProofFiles(paths, counts, findings);

  const older = { files: listed, paths, known: pins.known } as const;
  const eventOlder = {
    ...older,
    head: eventHead.head,
    prefix: "",
    opening: { log: "event", origin: manifest.origin, vouchers: [], policy },
    comparison: comparisonOf(manifest, logs),
  } as const;
  const controlOlder = {
    ...older,
    head: controlHead.head,
    prefix: BUNDLE.controlPrefix,
    opening: { log: "control", origin: `${manifest.origin}/control`, vouchers: [], policy },
    comparison: tilesOrNone(controlHead.head, logs.control),
  } as const;
  const olderCheckpoints = (await checkOlder(eventOlder, findings)) + (await checkOlder(controlOlder, findings));
  return { counts, control, olderCheckpoints };
}

async function readPolicy(listed: ListedFiles, findings: Findings): Promise<Policy | undefined> {
  const bytes = await listed.read(BUNDLE.policy);
  if (bytes === undefined) return undefined;
  try {
    return parsePolicy(bytes);
  } catch (error) {
    if (!(error instanceof MerkleError)) throw error;
    findings.add({ code: error.code, file: BUNDLE.policy, message: error.message });
    return undefined;
  }
}

/** A head and the note that it was read from. */
interface OpenedHead {
  readonly head: SignedHead;
  readonly note: Uint8Array;
}

async function readHead(
  { manifest, listed, pins }: Job,
  opening: Omit<HeadContext, "file" | "pins">,
  findings: Findings,
): Promise<OpenedHead | undefined> {
  const file = opening.log === "event" ? BUNDLE.checkpoint : BUNDLE.controlCheckpoint;
  const note = await listed.read(file);
  const head = note === undefined ? undefined : openHead(note, { ...opening, file, pins }, findings);
  if (note === undefined || head === undefined) return undefined;
  const { size } = head.checkpoint;
  if (opening.log === "event" && size !== BigInt(manifest.size)) {
    const message = `the checkpoint is of size ${size}, the manifest states ${manifest.size}`;
    findings.add({ code: "size_mismatch", file, message });
  }
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) {
    findings.add({ code: "size_out_of_range", file, message: `a log of ${size} entries cannot be checked` });
    return undefined;
  }
  return { head, note };
}

interface Logs {
  /** Undefined in a compact bundle. */
  readonly event: TileLog | undefined;
  readonly control: TileLog;
  readonly compareEventLog: ConsistencyCheck | undefined;
}

async function checkLogs(
  { manifest, listed }: Job,
  heads: { readonly event: SignedHead; readonly control: SignedHead; readonly kernel: HashKernel },
  findings: Findings,
): Promise<Logs> {
  const { kernel } = heads;
  const demand = { files: listed, kernel } as const;
  const event =
    manifest.kind === "compact"
      ? undefined
      : await checkTileLog({ ...demand, prefix: "", kind: "event", checkpoint: heads.event.checkpoint }, findings);
  const control = await checkTileLog(
    { ...demand, prefix: BUNDLE.controlPrefix, kind: "control", checkpoint: heads.control.checkpoint },
    findings,
  );
  const compareEventLog =
    event?.isIntact === true ? createTileConsistency(heads.event.checkpoint, event.read) : undefined;
  return { event, control, compareEventLog };
}

function comparisonOf(manifest: Manifest, { compareEventLog }: Logs): Comparison {
  if (manifest.kind === "compact") return { kind: "proofs" };
  return compareEventLog === undefined ? { kind: "none" } : { kind: "tiles", check: compareEventLog };
}

function tilesOrNone(head: SignedHead, log: TileLog): Comparison {
  return log.isIntact ? { kind: "tiles", check: createTileConsistency(head.checkpoint, log.read) } : { kind: "none" };
}

function entryOfLog(log: TileLog, findings: Findings): EventsContext["entryOf"] {
  function told(entry: Uint8Array | undefined, sequence: number): Uint8Array | undefined {
    if (entry === undefined) {
      const message = "the log's entry of the event is missing";
      findings.add({ code: "entry_missing", file: BUNDLE.events, index: sequence, message });
    }
    return entry;
  }
  return ({ sequence }) => {
    const entry = log.entry(sequence);
    return entry instanceof Promise ? entry.then((each) => told(each, sequence)) : told(entry, sequence);
  };
}

function checkProofFiles(paths: ReadonlySet<string>, counts: EventCounts, findings: Findings): void {
  for (const file of paths) {
    const sequence = /^proofs\/(\d+)\./.exec(file)?.[1];
    if (sequence === undefined || counts.sequences.has(Number(sequence)) || proofPath(Number(sequence)) !== file)
      continue;
    findings.add({ code: "file_unexpected", file, message: "the proof is of no event of the bundle" });
  }
}

function checkQuery({ isQueryAnnounced }: ControlSummary, findings: Findings): void {
  if (isQueryAnnounced) return;
  const message = "no control entry announces an export of this query";
  findings.add({ code: "query_unannounced", file: BUNDLE.manifest, message });
}
