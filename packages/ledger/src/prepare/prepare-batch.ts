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
import { HASH_LENGTH, type HashKernel, SALT_LENGTH } from "@cairn/merkle";
import { BlockBuilder, saltsOf } from "../block/block.ts";
import { writeJournalBody } from "../block/journal-body.ts";
import { drawRandom } from "../crypto/random.ts";
import { SEED_BYTES, saltStream } from "../crypto/salts.ts";
import { isPlain, packBody } from "../crypto/zstd.ts";
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
  /** The journal body, packed, not yet sealed. */
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

/** Events of one tenant. */
export interface TenantEvents {
  readonly tenantNo: number;
  /** Origin of the tenant's event log, the value of every event's `/log` unit. */
  readonly origin: string;
  /** 32 bytes; the tenant's key for identity digests. */
  readonly fingerprintKey: Uint8Array;
  readonly events: readonly PreparableEvent[];
}

/** Turns events of one tenant into commitments and a journal body. */
export function prepareBatch(events: readonly PreparableEvent[], options: PrepareOptions): PreparedBatch {
  return prepareBatches([{ ...options, events }], options.kernel)[0]!;
}

/**
 * Turns events into commitments and journal bodies, a batch for each tenant: flattens, salts, hashes, packs. Pure but for
 * randomness. One kernel call serves all batches, and one cipher call each category of each. The batches share memory.
 */
export function prepareBatches(tenants: readonly TenantEvents[], kernel: HashKernel): PreparedBatch[] {
  messages.clear();
  const drafts = tenants.map(draftOf);
  const total = drafts.reduce((sum, { unitCounts }) => sum + unitCounts.length, 0);
  const unitCounts = new Uint16Array(total);
  const salts = new Uint8Array(messages.count * SALT_LENGTH);
  let events = 0;
  let saltsAt = 0;
  for (const draft of drafts) {
    unitCounts.set(draft.unitCounts, events);
    events += draft.unitCounts.length;
    saltsAt = interleaveSalts(draft, salts, saltsAt);
  }
  messages.write(kernel, salts);
  const commitments = kernel.hashMessages(messages.offsets, messages.lengths, messages.count);
  const eventRoots = kernel.eventRoots(commitments, unitCounts).slice();
  const fingerprints = identityDigests(tenants, { kernel, total });
  const bodies = packBodies(drafts);
  let at = 0;
  return drafts.map(({ tenantNo, unitCounts: own, units }, i): PreparedBatch => {
    const from = at;
    at += own.length;
    return {
      tenantNo,
      count: own.length,
      units,
      eventRoots: eventRoots.subarray(from * HASH_LENGTH, at * HASH_LENGTH),
      fingerprints: fingerprints.subarray(from * FINGERPRINT_BYTES, at * FINGERPRINT_BYTES),
      body: bodies[i]!,
    };
  });
}

/** Buffers of this thread, used by one call after the other: preparing is synchronous. */
const messages = new UnitMessages();
const body = new CanonicalWriter(1024 * 1024);
const identities = new CanonicalWriter(64 * 1024);

/** A batch whose messages are laid out and not hashed yet. */
interface Draft {
  readonly tenantNo: number;
  readonly block: BlockBuilder;
  readonly streams: SaltStreams;
  readonly parts: readonly { readonly event: number; readonly unit: number }[];
  readonly partSalts: Uint8Array;
  /** Units of each event: `/log`, the core, the parts. */
  readonly unitCounts: Uint16Array;
  readonly units: number;
}

function draftOf({ tenantNo, origin, events }: TenantEvents): Draft {
  const firstMessage = messages.count;
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
    const { body: compiled, index } = event;
    const first = messages.addCompiled(event) + 1;
    const partCount = compiled.partCount(index);
    unitCounts[i] = compiled.unitCount(index);
    const count = unitCounts[i]! - 1 - partCount;
    const salts = streams.take(compiled.category(index), saltsOf(count));
    block.add(compiled.pointers(index), { source: messages, first, stride: 1 }, salts);
    for (let part = 0; part < partCount; part++) parts.push({ event: i, unit: first + count + part });
  }
  function addSplit(i: number, { core, parts: ownParts, joint }: SplitEvent): void {
    let shape = startShape();
    const first = messages.add(LOG_PATH, origin) + 1;
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
  const partSalts = drawRandom(parts.length * SALT_LENGTH);
  return { tenantNo, block, streams, parts, partSalts, unitCounts, units: messages.count - firstMessage };
}

/** Writes and packs the bodies; those that stay as they are share one piece of memory: what travels takes all of it along. */
function packBodies(drafts: readonly Draft[]): Uint8Array[] {
  body.clear();
  const ends = drafts.map(({ block, parts, partSalts }) => {
    writeJournalBody({ block, parts, source: messages, partSalts }, body);
    return body.length;
  });
  const all = body.bytes.subarray(0, body.length);
  const starts = [0, ...ends];
  if (ends.every((end, i) => isPlain(end - starts[i]!))) {
    const copy = all.slice();
    return ends.map((end, i) => copy.subarray(starts[i]!, end));
  }
  return ends.map((end, i) => packBody(all.subarray(starts[i]!, end)));
}

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
      const bytes = drawRandom(SEED_BYTES);
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

/** Puts the salts of a batch in the order of its messages, into `salts` from `at` on, and gives the end. */
function interleaveSalts({ streams, unitCounts, partSalts }: Draft, salts: Uint8Array, from: number): number {
  const generated = streams.generate();
  let at = from;
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
  return at;
}

/** `SHA-256(key ‖ source ‖ 0x00 ‖ id)`, cut: the key is fixed in length and secret, and a cut digest cannot be extended. */
function identityDigests(
  tenants: readonly TenantEvents[],
  { kernel, total }: { readonly kernel: HashKernel; readonly total: number },
): Uint8Array {
  const offsets = new Uint32Array(total);
  const lengths = new Uint32Array(total);
  identities.clear();
  let event = 0;
  for (const { fingerprintKey, events } of tenants) {
    for (let i = 0; i < events.length; i++, event++) {
      offsets[event] = identities.length;
      identities.raw(fingerprintKey, 0, fingerprintKey.length);
      writeIdentity(events[i]!);
      lengths[event] = identities.length - offsets[event]!;
    }
  }
  kernel.input(identities.length).set(identities.bytes.subarray(0, identities.length));
  const digests = kernel.hashMessages(offsets, lengths, total);
  const fingerprints = new Uint8Array(total * FINGERPRINT_BYTES);
  for (let i = 0; i < total; i++) {
    for (let byte = 0; byte < FINGERPRINT_BYTES; byte++)
      fingerprints[i * FINGERPRINT_BYTES + byte] = digests[i * HASH_LENGTH + byte]!;
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
