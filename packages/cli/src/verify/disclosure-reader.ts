import { isUtf8 } from "node:buffer";
import { ENTRY_LENGTH, HASH_LENGTH, type HashKernel, MAX_UNITS, MerkleError, verifyDisclosure } from "@cairn/merkle";
import { hasExactly, isObject } from "./plain-json.ts";

/** A disclosure and the entry that it is to be of. */
export interface DisclosedEntry {
  /** A parsed JSON value, untrusted. */
  readonly disclosure: unknown;
  /** 42 bytes. */
  readonly entry: Uint8Array;
}

/** Says what a disclosure shows, or why it was refused. */
export type ShownEntry =
  | {
      readonly ok: true;
      /** Path to RFC 8785 text. */
      readonly units: ReadonlyMap<string, string>;
      readonly redactedCount: number;
    }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** Verifies disclosures many at a time. */
export type DisclosureReader = (batch: readonly DisclosedEntry[]) => readonly ShownEntry[];

/**
 * Makes a reader that hashes whole batches in the kernel. Whatever is not plainly in order goes one by one through
 * `verifyDisclosure`, which decides and says why: the fast way can only say yes.
 */
export function createDisclosureReader(kernel: HashKernel): DisclosureReader {
  let scratch = Buffer.alloc(0);

  return (batch) => {
    const plans = batch.map(({ disclosure, entry }) =>
      entry.length === ENTRY_LENGTH ? planOf(disclosure) : undefined,
    );
    const byteLength = plans.reduce((sum, plan) => sum + (plan?.byteLength ?? 0), 0);
    if (scratch.length < byteLength) scratch = Buffer.alloc(byteLength);
    let at = 0;
    const placed = plans.map((plan) => {
      if (plan === undefined) return undefined;
      const spans = decodeInto(scratch, at, plan);
      at += plan.byteLength;
      return spans;
    });
    const roots = rootsOf(kernel, scratch.subarray(0, at), plans, placed);
    return batch.map((item, i) => {
      const plan = plans[i];
      const spans = placed[i];
      const root = roots?.[i];
      const isProven = root?.equals(item.entry.subarray(ENTRY_LENGTH - HASH_LENGTH));
      const units = isProven === true && spans !== undefined ? unitsOf(scratch, spans) : undefined;
      if (plan === undefined || units === undefined) return readOne(item);
      return { ok: true, units, redactedCount: plan.redacted.length };
    });
  };
}

/** A disclosure whose shape is in order, its base64 not yet read. */
interface Plan {
  readonly units: readonly (readonly [salt: string, unit: string])[];
  readonly redacted: readonly Buffer[];
  /** Room that its messages take: prefix, salt and unit each. */
  readonly byteLength: number;
}

/** Where a unit's message lies. */
interface Span {
  readonly offset: number;
  readonly length: number;
}

const SALT_LENGTH = 16;
const COMMITMENT_PREFIX = 0x10;
/** Canonical RFC 4648 base64: padded, the unused bits of the last digit zero. */
const BASE64 = /^[A-Za-z0-9+/]*(?:[AQgw]==|[AEIMQUYcgkosw048]=)?$/;

function planOf(disclosure: unknown): Plan | undefined {
  if (!isObject(disclosure) || disclosure.v !== 1 || !hasExactly(disclosure, ["v", "units", "redacted"]))
    return undefined;
  const { units, redacted } = disclosure;
  if (!Array.isArray(units) || !Array.isArray(redacted)) return undefined;
  const count = units.length + redacted.length;
  if (count < 1 || count > MAX_UNITS) return undefined;
  let byteLength = 0;
  for (const pair of units as readonly unknown[]) {
    if (!Array.isArray(pair) || pair.length !== 2) return undefined;
    const [salt, unit] = pair as readonly unknown[];
    if (typeof salt !== "string" || !isBase64(salt) || decodedLength(salt) !== SALT_LENGTH) return undefined;
    if (typeof unit !== "string" || !isBase64(unit)) return undefined;
    byteLength += 1 + SALT_LENGTH + decodedLength(unit);
  }
  const commitments: Buffer[] = [];
  for (const commitment of redacted as readonly unknown[]) {
    if (typeof commitment !== "string" || !isBase64(commitment)) return undefined;
    if (decodedLength(commitment) !== HASH_LENGTH) return undefined;
    commitments.push(Buffer.from(commitment, "base64"));
  }
  return { units: units as Plan["units"], redacted: commitments, byteLength };
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && BASE64.test(text);
}

function decodedLength(base64: string): number {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}

function decodeInto(target: Buffer, start: number, plan: Plan): readonly Span[] {
  let at = start;
  return plan.units.map(([salt, unit]) => {
    const offset = at;
    target[at] = COMMITMENT_PREFIX;
    at += 1 + target.write(salt, at + 1, "base64");
    at += target.write(unit, at, "base64");
    return { offset, length: at - offset };
  });
}

/** Computes the event root of each disclosure that has a plan; undefined when one of them cannot have any. */
function rootsOf(
  kernel: HashKernel,
  messages: Uint8Array,
  plans: readonly (Plan | undefined)[],
  placed: readonly (readonly Span[] | undefined)[],
): readonly (Buffer | undefined)[] | undefined {
  const spans = placed.flatMap((each) => each ?? []);
  kernel.input(messages.length).set(messages);
  const offsets = Uint32Array.from(spans, ({ offset }) => offset);
  const lengths = Uint32Array.from(spans, ({ length }) => length);
  const shown = kernel.hashMessages(offsets, lengths, spans.length);
  const counts = plans.flatMap((plan) => (plan === undefined ? [] : [plan.units.length + plan.redacted.length]));
  const commitments = new Uint8Array(counts.reduce((sum, count) => sum + count, 0) * HASH_LENGTH);
  let from = 0;
  let to = 0;
  for (const plan of plans) {
    if (plan === undefined) continue;
    const length = plan.units.length * HASH_LENGTH;
    commitments.set(shown.subarray(from, from + length), to);
    from += length;
    to += length;
    for (const commitment of plan.redacted) {
      commitments.set(commitment, to);
      to += HASH_LENGTH;
    }
  }
  try {
    const roots = kernel.eventRoots(commitments, Uint16Array.from(counts));
    let position = 0;
    return plans.map((plan) => {
      if (plan === undefined) return undefined;
      const start = position++ * HASH_LENGTH;
      return Buffer.from(roots.slice(start, start + HASH_LENGTH));
    });
  } catch (error) {
    // A commitment that occurs twice: which one is for the slow way to say.
    if (error instanceof MerkleError) return undefined;
    throw error;
  }
}

/** Reads the units of an event whose root is right; undefined when they are not plainly in order. */
function unitsOf(bytes: Buffer, spans: readonly Span[]): ReadonlyMap<string, string> | undefined {
  const units = new Map<string, string>();
  for (const { offset, length } of spans) {
    const start = offset + 1 + SALT_LENGTH;
    const end = offset + length;
    if (end - start < 3) return undefined;
    const valueStart = start + 2 + bytes.readUInt16BE(start);
    if (
      valueStart >= end ||
      !isUtf8(bytes.subarray(start + 2, valueStart)) ||
      !isUtf8(bytes.subarray(valueStart, end))
    ) {
      return undefined;
    }
    const path = bytes.toString("utf8", start + 2, valueStart);
    const value = bytes.toString("utf8", valueStart, end);
    if (units.has(path) || !path.startsWith("/") || /~(?![01])/.test(path) || !isJson(value)) return undefined;
    units.set(path, value);
  }
  for (const path of units.keys()) {
    for (let slash = path.indexOf("/", 1); slash !== -1; slash = path.indexOf("/", slash + 1)) {
      if (units.has(path.slice(0, slash))) return undefined;
    }
  }
  return units;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function readOne({ disclosure, entry }: DisclosedEntry): ShownEntry {
  const verdict = verifyDisclosure(disclosure, entry);
  if (!verdict.ok) return verdict;
  const units = new Map(verdict.units.map(({ path, value }) => [path, Buffer.from(value).toString()]));
  return { ok: true, units, redactedCount: verdict.redactedCount };
}
