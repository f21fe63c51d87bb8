import { JOINT_REF, partPath } from "@cairn/event";
import {
  bytesEqual,
  COMMITMENT_PREFIX,
  decodeEntry,
  eventRoot,
  HASH_LENGTH,
  type HashKernel,
  MerkleError,
  SALT_LENGTH,
} from "@cairn/merkle";
import { saltsOf } from "../block/block.ts";
import { saltStream } from "../crypto/salts.ts";
import type { StoredEvent, StoredPart } from "../read/stored-event.ts";
import type { FindingPlace, Findings } from "./finding.ts";

/** Messages are hashed together once they are this many bytes or events: the kernel's memory stays small. */
const FLUSH_BYTES = 2 * 1024 * 1024;
const FLUSH_EVENTS = 1_024;
const PREFIX_BYTES = 1 + SALT_LENGTH + 2;
const LOG_PATH = Buffer.from("/log");

/** An opened event on its way through the check. */
export interface OpenedEvent {
  readonly event: StoredEvent;
  /** Where its body lies. */
  readonly place: FindingPlace;
}

/** What the check of one log's commitments needs. */
export interface CommitmentContext {
  readonly origin: string;
  readonly kernel: HashKernel;
  readonly findings: Findings;
  /** Key of the digests by which identities are found. */
  readonly fingerprintKey: Uint8Array;
  /** Receives each event's identity digest, in order. */
  readonly onIdentity: (event: StoredEvent, digest: Uint8Array) => void;
}

interface PendingUnit {
  readonly start: number;
  readonly length: number;
  /** A stored commitment that must be equal. */
  readonly stored: Uint8Array | undefined;
}

interface Pending extends OpenedEvent {
  /** In the order of the units: what is hashed, or the commitment of what cannot be read any more. */
  readonly units: (PendingUnit | Uint8Array)[];
}

/**
 * Recomputes the commitments of events from their bodies, and from these the event roots, and compares them with what is
 * stored and with the entries. It shares no code with the way in, so that neither hides the other's mistakes.
 */
export class CommitmentCheck {
  private readonly context: CommitmentContext;
  private readonly logValue: Buffer;
  /** Paths of a form of event as bytes: events of one form share one list. */
  private shapes = new WeakMap<readonly string[], readonly Buffer[]>();
  private buffer = Buffer.alloc(FLUSH_BYTES + 65_536);
  private length = 0;
  private pending: Pending[] = [];

  constructor(context: CommitmentContext) {
    this.context = context;
    this.logValue = Buffer.from(JSON.stringify(context.origin));
  }

  /** Takes the opened events of one row or chunk. */
  add(events: readonly OpenedEvent[]): void {
    const salts = saltsOfEvents(events.map(({ event }) => event));
    for (const [i, opened] of events.entries()) {
      this.addOne(opened, salts[i]!);
      if (this.length >= FLUSH_BYTES || this.pending.length >= FLUSH_EVENTS) this.flush();
    }
  }

  /** Checks what is waiting. */
  flush(): void {
    if (this.pending.length === 0) return;
    const { kernel } = this.context;
    const hashed: { readonly start: number; readonly length: number }[] = [];
    for (const { units } of this.pending)
      for (const unit of units) if (!(unit instanceof Uint8Array)) hashed.push(unit);
    for (const { event } of this.pending) hashed.push(this.identity(event));
    kernel.input(this.length).set(this.buffer.subarray(0, this.length));
    const digests = kernel
      .hashMessages(
        Uint32Array.from(hashed, ({ start }) => start),
        Uint32Array.from(hashed, ({ length }) => length),
        hashed.length,
      )
      .slice();
    this.settle(digests);
    const firstIdentity = hashed.length - this.pending.length;
    for (const [i, { event }] of this.pending.entries())
      this.context.onIdentity(event, digestAt(digests, firstIdentity + i));
    this.pending = [];
    this.length = 0;
  }

  private settle(digests: Uint8Array): void {
    let next = 0;
    const commitments: Uint8Array[] = [];
    const counts = new Uint16Array(this.pending.length);
    for (const [i, { event, place, units }] of this.pending.entries()) {
      counts[i] = units.length;
      for (const unit of units) {
        if (unit instanceof Uint8Array) {
          commitments.push(unit);
          continue;
        }
        const computed = digestAt(digests, next++);
        commitments.push(computed);
        if (unit.stored !== undefined && !bytesEqual(unit.stored, computed)) {
          const message = "the stored commitment of a unit is not that of its value";
          this.context.findings.add("commitment_altered", { ...place, sequence: event.sequence }, message);
        }
      }
    }
    const roots = this.roots(commitments, counts);
    for (const [i, { event, place }] of this.pending.entries()) {
      if (isRootOf(event.entry, roots[i])) continue;
      const message = "the event's body does not have the root that its entry commits to";
      this.context.findings.add("event_altered", { ...place, sequence: event.sequence }, message);
    }
  }

  private roots(commitments: readonly Uint8Array[], counts: Uint16Array): (Uint8Array | undefined)[] {
    try {
      const roots = this.context.kernel.eventRoots(Buffer.concat(commitments), counts).slice();
      return Array.from(counts, (_, i) => digestAt(roots, i));
    } catch (error) {
      if (!(error instanceof MerkleError)) throw error;
      // One of them has no root at all: find out which.
      let at = 0;
      return Array.from(counts, (count) => {
        const own = commitments.slice(at, at + count);
        at += count;
        return rootOrNothing(own);
      });
    }
  }

  private addOne({ event, place }: OpenedEvent, salts: Uint8Array): void {
    const units: Pending["units"] = [];
    const salt = (i: number): Uint8Array => salts.subarray(i * SALT_LENGTH, (i + 1) * SALT_LENGTH);
    units.push(this.unit(LOG_PATH, this.logValue, { salt: salt(0) }));
    const paths = this.pathBytes(event.paths);
    for (let i = 0; i < paths.length; i++) units.push(this.unit(paths[i]!, event.values[i]!, { salt: salt(i + 1) }));
    for (const part of event.parts) {
      const unit = this.part(part);
      if (unit !== undefined) units.push(unit);
    }
    this.pending.push({ event, place, units });
  }

  private part({ refs, value, salt, commitment }: StoredPart): PendingUnit | Uint8Array | undefined {
    if (value === undefined || salt === undefined) return commitment;
    const path = Buffer.from(partPath(refs.length === 1 ? refs[0]! : JOINT_REF));
    return this.unit(path, value, { salt, stored: commitment });
  }

  private unit(
    path: Buffer,
    value: string | Buffer,
    { salt, stored }: { readonly salt: Uint8Array; readonly stored?: Uint8Array | undefined },
  ): PendingUnit {
    const start = this.length;
    const valueBytes = typeof value === "string" ? Buffer.byteLength(value) : value.length;
    const length = PREFIX_BYTES + path.length + valueBytes;
    this.reserve(length);
    const { buffer } = this;
    buffer[start] = COMMITMENT_PREFIX;
    buffer.set(salt, start + 1);
    buffer.writeUInt16BE(path.length, start + 1 + SALT_LENGTH);
    buffer.set(path, start + PREFIX_BYTES);
    if (typeof value === "string") buffer.write(value, start + PREFIX_BYTES + path.length);
    else buffer.set(value, start + PREFIX_BYTES + path.length);
    this.length = start + length;
    return { start, length, stored };
  }

  /** The message whose hash an event's identity is found by. */
  private identity(event: StoredEvent): { readonly start: number; readonly length: number } {
    const { fingerprintKey } = this.context;
    const text = `${textAt(event, "/source")}\0${textAt(event, "/id")}`;
    const start = this.length;
    const length = fingerprintKey.length + Buffer.byteLength(text);
    this.reserve(length);
    this.buffer.set(fingerprintKey, start);
    this.buffer.write(text, start + fingerprintKey.length);
    this.length = start + length;
    return { start, length };
  }

  private pathBytes(paths: readonly string[]): readonly Buffer[] {
    let bytes = this.shapes.get(paths);
    if (bytes === undefined) {
      bytes = paths.map((path) => Buffer.from(path));
      this.shapes.set(paths, bytes);
    }
    return bytes;
  }

  private reserve(more: number): void {
    if (this.length + more <= this.buffer.length) return;
    const larger = Buffer.alloc(Math.max(this.buffer.length * 2, this.length + more));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }
}

/** The text of a core unit of an event; empty where it has none. */
export function textAt(event: StoredEvent, path: string): string {
  const value = event.values[event.paths.indexOf(path)];
  return value === undefined ? "" : String(JSON.parse(value));
}

function digestAt(digests: Uint8Array, i: number): Uint8Array {
  return digests.subarray(i * HASH_LENGTH, (i + 1) * HASH_LENGTH);
}

function rootOrNothing(commitments: readonly Uint8Array[]): Uint8Array | undefined {
  try {
    return eventRoot([...commitments]);
  } catch {
    return undefined;
  }
}

function isRootOf(entry: Uint8Array, root: Uint8Array | undefined): boolean {
  if (root === undefined) return false;
  try {
    const decoded = decodeEntry(entry);
    return decoded.kind === "event" && bytesEqual(decoded.eventRoot, root);
  } catch {
    return false; // the walk over the entries has a finding for it
  }
}

/** Events of one batch share a stream of salts: it is made once for all of them. */
function saltsOfEvents(events: readonly StoredEvent[]): Uint8Array[] {
  const streams = new Map<Uint8Array, { first: number; end: number; bytes: Uint8Array | undefined }>();
  for (const { seed, saltStart, paths } of events) {
    const end = saltStart + saltsOf(paths.length);
    const stream = streams.get(seed);
    if (stream === undefined) streams.set(seed, { first: saltStart, end, bytes: undefined });
    else {
      stream.first = Math.min(stream.first, saltStart);
      stream.end = Math.max(stream.end, end);
    }
  }
  return events.map(({ seed, saltStart, paths }) => {
    const stream = streams.get(seed)!;
    stream.bytes ??= saltStream(seed, stream.first, stream.end - stream.first);
    const at = (saltStart - stream.first) * SALT_LENGTH;
    return stream.bytes.subarray(at, at + saltsOf(paths.length) * SALT_LENGTH);
  });
}
