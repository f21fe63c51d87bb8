import { randomBytes } from "node:crypto";
import {
  CanonicalWriter,
  CompiledEvent,
  flattenCore,
  partPath,
  partValue,
  rootPath,
  type SplitEvent,
  type SubjectPart,
} from "@cairn/event";
import { type HashKernel, SALT_LENGTH } from "@cairn/merkle";
import { BlockBuilder, saltsOf } from "../block/block.ts";
import { writeJournalBody } from "../block/journal-body.ts";
import { SEED_BYTES, saltStream } from "../crypto/salts.ts";
import { pack } from "../crypto/zstd.ts";
import { startShape } from "./shape-trie.ts";
import { UnitMessages } from "./unit-messages.ts";

/** Events made ready to commit: everything about them that needs no lock. Travels between threads. */
export interface PreparedBatch {
  readonly tenantNo: number;
  readonly count: number;
  /** Commitments made, for limits on producers. */
  readonly units: number;
  /** 32 bytes an event. */
  readonly eventRoots: Uint8Array;
  /** 8 bytes an event: keyed digest of (source, id), for deduplication. */
  readonly fingerprints: Uint8Array;
  /** The journal body, compressed, not yet sealed. */
  readonly body: Uint8Array;
}

export interface PrepareOptions {
  readonly tenantNo: number;
  /** Origin of the tenant's event log, the value of every event's `/log` unit. */
  readonly origin: string;
  /** 32 bytes; the tenant's key for identity digests. */
  readonly fingerprintKey: Uint8Array;
  readonly kernel: HashKernel;
}

/** An event to prepare: taken apart, or compiled to messages already. */
export type PreparableEvent = SplitEvent | CompiledEvent;

const LOG_PATH = rootPath().child("log");

/** Bytes of an identity digest. */
export const FINGERPRINT_BYTES = 8;

/**
 * Turns events into commitments and a journal body: flattens, salts, hashes, compresses. Pure but for randomness.
 * One kernel call and one cipher call per category serve the whole batch.
 */
export function prepareBatch(events: readonly PreparableEvent[], options: PrepareOptions): PreparedBatch {
  messages.clear();
  const block = new BlockBuilder();
  const streams = new SaltStreams(block);
  const parts: { event: number; unit: number }[] = [];
  const unitCounts = new Uint16Array(events.length);
  for (let i = 0; i < events.length; i++) {
    const event = events[i]!;
    if (event instanceof CompiledEvent) addCompiled(i, event);
    else addSplit(i, event);
  }
  function addCompiled(i: number, event: CompiledEvent): void {
    const { body, index } = event;
    const first = messages.addCompiled(event) + 1;
    const partCount = body.partCount(index);
    unitCounts[i] = body.unitCount(index);
    const count = unitCounts[i]! - 1 - partCount;
    const salts = streams.take(body.category(index), saltsOf(count));
    block.add(body.pointers(index), { source: messages, first, stride: 1 }, salts);
    for (let part = 0; part < partCount; part++) parts.push({ event: i, unit: first + count + part });
  }
  function addSplit(i: number, { core, parts: ownParts, joint }: SplitEvent): void {
    let shape = startShape();
    const first = messages.add(LOG_PATH, options.origin) + 1;
    flattenCore(core, (path, value) => {
      shape = shape.next(path);
      messages.add(path, value);
    });
    const count = messages.count - first;
    block.add(shape.pointers, { source: messages, first, stride: 1 }, streams.take(core.category, saltsOf(count)));
    for (const part of ownParts) addPart(i, part);
    if (joint !== undefined) addPart(i, joint);
    unitCounts[i] = messages.count - first + 1;
  }
  function addPart(event: number, part: SubjectPart): void {
    parts.push({ event, unit: messages.addAt(partPath(part.ref), partValue(part)) });
  }
  const partSalts = randomBytes(parts.length * SALT_LENGTH);
  const { kernel } = options;
  messages.write(kernel, interleaveSalts({ streams, unitCounts, partSalts, total: messages.count }));
  const commitments = kernel.hashMessages(messages.offsets, messages.lengths, messages.count);
  const eventRoots = kernel.eventRoots(commitments, unitCounts).slice();
  body.clear();
  writeJournalBody({ block, parts, source: messages, partSalts }, body);
  return {
    tenantNo: options.tenantNo,
    count: events.length,
    units: messages.count,
    eventRoots,
    fingerprints: identityDigests(events, options),
    // Memory of its own: what travels takes all of its buffer along.
    body: new Uint8Array(pack(body.bytes.subarray(0, body.length))),
  };
}

/** Buffers of this thread, used by one batch after the other: preparing is synchronous. */
const messages = new UnitMessages();
const body = new CanonicalWriter(1024 * 1024);
const identities = new CanonicalWriter(64 * 1024);

/** One salt stream a category, so that what retention removes together shares a seed with nothing else. */
class SaltStreams {
  private readonly byCategory = new Map<string, number>();
  private readonly seeds: Uint8Array[] = [];
  private readonly taken: number[] = [];
  /** Each event's stream and start, in order. */
  readonly events: { readonly seed: number; readonly start: number; readonly count: number }[] = [];
  private readonly block: BlockBuilder;

  constructor(block: BlockBuilder) {
    this.block = block;
  }

  take(category: string, count: number): { seed: number; start: number } {
    let seed = this.byCategory.get(category);
    if (seed === undefined) {
      const bytes = randomBytes(SEED_BYTES);
      seed = this.block.addSeed(bytes);
      this.seeds.push(bytes);
      this.taken.push(0);
      this.byCategory.set(category, seed);
    }
    const start = this.taken[seed]!;
    this.taken[seed] = start + count;
    this.events.push({ seed, start, count });
    return { seed, start };
  }

  /** The salts of each stream, from its start. */
  generate(): Uint8Array[] {
    return this.seeds.map((seed, i) => saltStream(seed, 0, this.taken[i]!));
  }
}

function interleaveSalts(from: {
  readonly streams: SaltStreams;
  readonly unitCounts: Uint16Array;
  readonly partSalts: Uint8Array;
  readonly total: number;
}): Uint8Array {
  const { streams, unitCounts, partSalts } = from;
  const salts = new Uint8Array(from.total * SALT_LENGTH);
  const generated = streams.generate();
  let at = 0;
  let partAt = 0;
  for (let i = 0; i < unitCounts.length; i++) {
    const { seed, start, count } = streams.events[i]!;
    salts.set(generated[seed]!.subarray(start * SALT_LENGTH, (start + count) * SALT_LENGTH), at);
    at += count * SALT_LENGTH;
    const partBytes = (unitCounts[i]! - count) * SALT_LENGTH;
    salts.set(partSalts.subarray(partAt, partAt + partBytes), at);
    partAt += partBytes;
    at += partBytes;
  }
  return salts;
}

/** `SHA-256(key ‖ source ‖ 0x00 ‖ id)`, cut: the key is fixed in length and secret, and a cut digest cannot be extended. */
function identityDigests(events: readonly PreparableEvent[], { kernel, fingerprintKey }: PrepareOptions): Uint8Array {
  const offsets = new Uint32Array(events.length);
  const lengths = new Uint32Array(events.length);
  identities.clear();
  for (let i = 0; i < events.length; i++) {
    offsets[i] = identities.length;
    identities.raw(fingerprintKey, 0, fingerprintKey.length);
    writeIdentity(events[i]!);
    lengths[i] = identities.length - offsets[i]!;
  }
  kernel.input(identities.length).set(identities.bytes.subarray(0, identities.length));
  const digests = kernel.hashMessages(offsets, lengths, events.length);
  const fingerprints = new Uint8Array(events.length * FINGERPRINT_BYTES);
  for (let i = 0; i < events.length; i++) {
    for (let byte = 0; byte < FINGERPRINT_BYTES; byte++)
      fingerprints[i * FINGERPRINT_BYTES + byte] = digests[i * 32 + byte]!;
  }
  return fingerprints;
}

function writeIdentity(event: PreparableEvent): void {
  if (event instanceof CompiledEvent) {
    const { body, index } = event;
    const { bytes } = body.buffers;
    identities.raw(bytes, body.sourceStart(index), body.sourceEnd(index));
    identities.byte(0);
    identities.raw(bytes, body.idStart(index), body.idEnd(index));
  } else {
    identities.text(event.core.source);
    identities.byte(0);
    identities.text(event.core.id);
  }
}
