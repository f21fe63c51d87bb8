import { bytesEqual, encodeUnit, formatDisclosure, type HashKernel } from "@cairn/merkle";
import { type ControlUnit, commitControlUnit, decodeControlBody } from "../control/control-record.ts";
import { CORE_SUBJECT, type Keyring } from "../crypto/keyring.ts";
import { unseal } from "../crypto/seal.ts";
import { deriveLogKey } from "../crypto/signer.ts";
import { LedgerError } from "../error.ts";
import { EventReader } from "../read/event-reader.ts";
import { proveEntry } from "../read/prove.ts";
import { TreeReader } from "../read/tree-reader.ts";
import { logVkey } from "../seal/note-signer.ts";
import type { BlobSource } from "../storage/blobs.ts";
import type { Database } from "../storage/database.ts";
import { CONTROL_LOG, EVENT_LOG, type LogState, readLogAt } from "../storage/logs.ts";
import { controlContext } from "../writer/writer.ts";
import { type BundleFile, measured, smallFile } from "./bundle-file.ts";
import { createLineWriter, type LineWriter } from "./disclosure-lines.ts";
import { createEvidenceReader, type EvidenceReader } from "./evidence-reader.ts";
import { type LogAt, oldCheckpointFiles, tileFiles } from "./log-files.ts";
import { readWanted } from "./read-wanted.ts";
import { Spool } from "./spool.ts";

/** Events read together: some eight megabytes of lines, and far more events than are stored in one piece. */
const READ_EVENTS = 4_096;
/** Events after which the reader drops its decoded segments: three segments' worth, so that memory stays flat. */
const FORGET_AFTER_EVENTS = 200_000;
const CONTROL_PAGE = 256;

/** A signed head that has been published. */
export interface PublishedHead {
  readonly size: number;
  readonly note: string;
}

/** The control entry that announces an export. */
export interface Announcement {
  readonly sequence: number;
  readonly withheld: readonly ControlUnit[];
}

export interface BundleOptions {
  readonly db: Database;
  readonly keyring: Keyring;
  readonly blobs: BlobSource;
  /** From which the logs' keys are derived: the policy names their public halves. */
  readonly signingSecret: Uint8Array;
  readonly kernel: HashKernel;
  readonly tenantNo: number;
  readonly ledger: number;
  readonly kind: "full" | "compact";
  /**
   * Head of the control log, with the entry that announces this export. Published before `checkpoint` was looked up, so
   * that no entry speaks of more events than the bundle has.
   */
  readonly control: PublishedHead;
  /** What that entry withholds and this bundle shows: the query. */
  readonly announcement: Announcement;
  /** Head of the event log that everything is proved against. */
  readonly checkpoint: PublishedHead;
  /** The query that chose the events, as its author wrote it. */
  readonly query: string;
  /** Sequences of the chosen events, in chunks, in the order wanted, each once; all below the checkpoint's size. */
  readonly sequences: AsyncIterable<readonly number[]> | Iterable<readonly number[]>;
  /** Which units of events are shown; all of them unless given. */
  readonly show?: (path: string) => boolean;
  /** Which units of control entries are shown beside the mandatory ones; none unless given. */
  readonly showSealed?: (path: string) => boolean;
  /** Where what is not yet known in length is kept meanwhile; the system's temporary directory unless given. */
  readonly scratchDir?: string;
  readonly onEvents?: (count: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Gives the files of an evidence bundle (docs/formats/bundle.md), the manifest last. Memory stays flat however many events
 * there are: a file whose length shows only at its end waits on the disk. Each file's content must be read to its end
 * before the next file is asked for.
 * @throws LedgerError not_found for an event that the checkpoint does not cover; corrupt when the log is damaged
 */
export async function* evidenceBundle(options: BundleOptions): AsyncGenerator<BundleFile, void, undefined> {
  const manifest = new Spool(options.scratchDir);
  const lines = new Spool(options.scratchDir);
  try {
    const bundle = new Bundle(options, lines);
    for await (const file of bundle.files()) {
      const { path, bytes } = file;
      yield measured(file, (sha256) => {
        const comma = manifest.bytes === 0 ? "" : ",";
        manifest.write(`${comma}${JSON.stringify(path)}:${JSON.stringify({ bytes, sha256 })}`);
      });
    }
    yield manifestFile(bundle.summary(), manifest);
  } finally {
    manifest.close();
    lines.close();
  }
}

interface Summary {
  readonly v: 1;
  readonly kind: "full" | "compact";
  readonly origin: string;
  readonly ledger: number;
  readonly size: number;
  readonly events: number;
  readonly query: string;
}

function manifestFile(summary: Summary, files: Spool): BundleFile {
  const head = Buffer.from(`${JSON.stringify(summary).slice(0, -1)},"files":{`);
  const tail = Buffer.from("}}\n");
  function* content(): Generator<Uint8Array, void, undefined> {
    yield head;
    yield* files.read();
    yield tail;
  }
  return { path: "manifest.json", bytes: head.length + files.bytes + tail.length, content: content() };
}

/** One bundle being made. */
class Bundle {
  private events = 0;
  private readonly options: BundleOptions;
  private readonly lines: Spool;
  private readonly reader: EventReader;
  private readonly tree: TreeReader;
  private readonly eventLog: LogState;
  private readonly controlLog: LogState;
  private readonly writer: LineWriter;
  private readonly bodies: EvidenceReader;
  private sinceForgotten = 0;

  constructor(options: BundleOptions, lines: Spool) {
    this.options = options;
    this.lines = lines;
    this.reader = new EventReader(options);
    this.bodies = createEvidenceReader({ ...options, events: this.reader });
    this.tree = new TreeReader({ db: options.db, events: this.reader, kernel: options.kernel });
    this.eventLog = readEpoch(options, EVENT_LOG);
    this.controlLog = readEpoch(options, CONTROL_LOG);
    const { ledger, show } = options;
    this.writer = createLineWriter({ ledger, origin: this.eventLog.origin, show });
  }

  async *files(): AsyncGenerator<BundleFile, void, undefined> {
    try {
      yield* this.headFiles();
      yield* this.controlFiles();
      if (this.options.kind === "full") yield* tileFiles(this.eventsAt(), this.tools());
      yield* this.eventFiles();
      yield { path: "events.ndjson", bytes: this.lines.bytes, content: this.lines.read() };
    } finally {
      this.bodies.close();
      this.reader.close();
    }
  }

  summary(): Summary {
    const { kind, ledger, checkpoint, query } = this.options;
    return { v: 1, kind, origin: this.eventLog.origin, ledger, size: checkpoint.size, events: this.events, query };
  }

  private *headFiles(): Generator<BundleFile, void, undefined> {
    const { checkpoint, kind, signingSecret, db } = this.options;
    yield smallFile("checkpoint", checkpoint.note);
    const vkeys = [this.eventLog, this.controlLog].map(({ origin }) =>
      logVkey(origin, deriveLogKey(signingSecret, origin)),
    );
    yield smallFile("policy.txt", `${vkeys.map((vkey) => `log ${vkey}\n`).join("")}quorum none\n`);
    const proofs = kind === "compact" ? "with" : "without";
    yield* oldCheckpointFiles(this.eventsAt(), { db, tree: this.tree, proofs });
  }

  private *controlFiles(): Generator<BundleFile, void, undefined> {
    const { control, db } = this.options;
    const at: LogAt = { log: this.controlLog, size: control.size, note: control.note };
    const below = (file: BundleFile): BundleFile => ({ ...file, path: `control/${file.path}` });
    yield smallFile("control/checkpoint", control.note);
    for (const file of oldCheckpointFiles(at, { db, tree: this.tree, proofs: "without" })) yield below(file);
    for (const file of tileFiles(at, this.tools())) yield below(file);
    const entries = new Spool(this.options.scratchDir);
    try {
      for (const line of this.controlLines()) entries.write(line);
      yield { path: "control/control.ndjson", bytes: entries.bytes, content: entries.read() };
    } finally {
      entries.close();
    }
  }

  private *controlLines(): Generator<string, void, undefined> {
    const { db, control, announcement, checkpoint, keyring, tenantNo, ledger, showSealed = () => false } = this.options;
    const key = keyring.subjectKey(tenantNo, CORE_SUBJECT);
    if (key === undefined) throw new LedgerError("key_missing", `tenant ${tenantNo} has no core key`);
    for (let next = 0; next < control.size; next += CONTROL_PAGE) {
      const rows = db.all<{ sequence: number; body: Uint8Array }>(
        "SELECT sequence, body FROM control WHERE tenant_no = ? AND ledger = ? AND sequence >= ? AND sequence < ? ORDER BY sequence",
        tenantNo,
        ledger,
        next,
        Math.min(control.size, next + CONTROL_PAGE),
      );
      for (const { sequence, body } of rows) {
        const stored = decodeControlBody(unseal(key, body, controlContext(this.controlLog, sequence)));
        const state = JSON.parse(stored.units.find(({ path }) => path === "/event_log")?.value ?? "{}") as {
          size?: number;
        };
        if ((state.size ?? 0) > checkpoint.size)
          throw new Error("BUG: the checkpoint of a bundle was looked up before its control head");
        const isShown = ({ path }: ControlUnit): boolean => !path.startsWith("/sealed/") || showSealed(path);
        const announced = announcement.sequence === sequence ? announcement.withheld : [];
        const commitments = announced.map(commitControlUnit);
        const shown = formatDisclosure({
          units: [...stored.units.filter(isShown), ...announced].map(asDisclosed),
          redacted: [
            ...stored.units.filter((unit) => !isShown(unit)).map(commitControlUnit),
            ...stored.withheld.filter((hidden) => !commitments.some((each) => bytesEqual(each, hidden))),
          ],
        });
        yield `${JSON.stringify({ sequence, disclosure: shown })}\n`;
      }
    }
  }

  /** Writes the lines of `events.ndjson`, and gives the proofs of a compact bundle as it goes. */
  private async *eventFiles(): AsyncGenerator<BundleFile, void, undefined> {
    const { sequences, signal, onEvents } = this.options;
    for await (const chunk of sequences) {
      for (let i = 0; i < chunk.length; i += READ_EVENTS) {
        signal?.throwIfAborted();
        const wanted = chunk.slice(i, i + READ_EVENTS);
        yield* this.someEvents(wanted);
        onEvents?.(wanted.length);
      }
    }
  }

  private *someEvents(wanted: readonly number[]): Generator<BundleFile, void, undefined> {
    const { tenantNo, ledger, checkpoint, kind } = this.options;
    const { reader, bodies, writer } = this;
    const late = wanted.find((sequence) => sequence >= checkpoint.size);
    if (late !== undefined)
      throw new LedgerError("not_found", `event ${late} is not under the checkpoint of ${checkpoint.size}`);
    const starts = new Uint32Array(wanted.length);
    const ends = new Uint32Array(wanted.length);
    const entries = new Array<Uint8Array | undefined>(wanted.length).fill(undefined);
    let at = 0;
    writer.clear();
    bodies.beginStep();
    readWanted(bodies, { tenantNo, ledger, sequences: wanted }, (event, position) => {
      starts[position] = at;
      ends[position] = at = writer.event(event);
      if (kind === "compact") entries[position] = event.entry;
    });
    for (const [position, sequence] of wanted.entries()) {
      if (ends[position] !== 0) continue;
      starts[position] = at;
      ends[position] = at = writer.deleted(sequence);
    }
    const lines = writer.bytes();
    for (const [position, sequence] of wanted.entries()) {
      this.lines.write(lines.subarray(starts[position], ends[position]));
      this.events++;
      if (kind === "full") continue;
      const entry = entries[position] ?? reader.entries(tenantNo, ledger, { first: sequence, count: 1 });
      yield smallFile(
        `proofs/${sequence}.tlog-proof`,
        proveEntry({ sequence, entry }, { at: this.eventsAt(), tree: this.tree }),
      );
    }
    this.sinceForgotten += wanted.length;
    if (this.sinceForgotten < FORGET_AFTER_EVENTS) return;
    reader.forget();
    this.sinceForgotten = 0;
  }

  private eventsAt(): LogAt {
    const { size, note } = this.options.checkpoint;
    return { log: this.eventLog, size, note };
  }

  private tools(): { readonly tree: TreeReader; readonly kernel: HashKernel } {
    return { tree: this.tree, kernel: this.options.kernel };
  }
}

function readEpoch({ db, tenantNo, ledger }: BundleOptions, log: LogState["log"]): LogState {
  const state = readLogAt(db, { tenantNo, log, ledger });
  if (state === undefined) throw new LedgerError("not_found", `tenant ${tenantNo} has no epoch ${ledger}`);
  return state;
}

function asDisclosed({ salt, path, value }: ControlUnit): { salt: Uint8Array; unit: Uint8Array } {
  return { salt, unit: encodeUnit(path, Buffer.from(value)) };
}
