import { base64Decode } from "../bytes/base64.ts";
import { MerkleError } from "../error.ts";
import type { HashKernel } from "./kernel.ts";
import { checkCounts, checkEntries, checkMessages, checkPairs, duplicateCommitment } from "./kernel-arguments.ts";
import { KERNEL_WASM } from "./kernel-wasm.ts";
import { HASH_LENGTH } from "./sha256.ts";

/** What is used of the global `WebAssembly`, which is typed only where the DOM is, and absent under `--jitless`. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** What `assembly/index.ts` exports; every argument but a count is an address in `memory`. */
interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  heapBase(): number;
  hashMessages(input: number, offsets: number, lengths: number, count: number, order: number, out: number): void;
  leafHashes(entries: number, count: number, out: number): void;
  nodeHashes(pairs: number, count: number, out: number): void;
  eventRoots(
    commitments: number,
    counts: number,
    events: number,
    messages: number,
    offsets: number,
    lengths: number,
    order: number,
    out: number,
  ): number;
}

const PAGE_BYTES = 65_536;
/** Most memory one kernel takes. A batch is a few MiB; past this the caller has lost count. */
const MAX_MEMORY_BYTES = 1 << 30;
/** Free bytes before and after every region: the kernel reads up to 63 past a message and 1 before a hash. */
const SLACK_BYTES = 64;

/** The module, compiled once a thread by the first kernel. */
let compiled: object | undefined;

function instantiate(): KernelExports {
  const api = (globalThis as unknown as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly;
  if (api === undefined) throw new MerkleError("unsupported_platform", "this platform has no WebAssembly");
  try {
    compiled ??= new api.Module(base64Decode(KERNEL_WASM));
    // The one place where the module's types are taken on trust: a test compiles it from the source beside it.
    return new api.Instance(compiled).exports as KernelExports;
  } catch (cause) {
    // Without SIMD, and where a content security policy forbids it, compiling throws.
    throw new MerkleError("unsupported_platform", "this platform does not run the WebAssembly kernel", { cause });
  }
}

/**
 * Creates a kernel with a WebAssembly memory of its own. Throws `unsupported_platform` where it cannot run.
 *
 * From `start`, memory holds the caller's input; behind it each call lays out what it needs, after the argument it was
 * given when that lies in this memory too. Nothing is freed: the next call begins behind the input again.
 */
export function createWasmKernel(): HashKernel {
  const wasm = instantiate();
  const { memory } = wasm;
  const start = align(wasm.heapBase() + SLACK_BYTES);
  let inputLength = 0;
  /** First free address; only `allocate`, and `rewind` at the beginning of a call, change it. */
  let top = start;

  function rewind(): void {
    top = align(start + inputLength + SLACK_BYTES);
  }

  function allocate(byteLength: number): number {
    const address = top;
    top = align(address + byteLength + SLACK_BYTES);
    const missing = top - memory.buffer.byteLength;
    if (missing > 0) grow(missing);
    return address;
  }

  function grow(missing: number): void {
    if (top > MAX_MEMORY_BYTES) throw new MerkleError("out_of_range", `a batch needs ${top} bytes of memory`);
    // Half as much again, so that a slowly growing series of batches does not grow (and detach) at every call.
    const wanted = Math.min(missing + memory.buffer.byteLength / 2, MAX_MEMORY_BYTES - memory.buffer.byteLength);
    try {
      memory.grow(Math.ceil(wanted / PAGE_BYTES));
    } catch (cause) {
      throw new MerkleError("out_of_range", `no memory for a batch of ${top} bytes`, { cause });
    }
  }

  function view(address: number, byteLength: number): Uint8Array {
    return new Uint8Array(memory.buffer, address, byteLength);
  }

  /** Begins a call on `bytes`: in place when they lie in this memory, else copied behind the input. */
  function place(bytes: Uint8Array): number {
    rewind();
    if (bytes.buffer === memory.buffer) {
      top = Math.max(top, align(bytes.byteOffset + bytes.length + SLACK_BYTES));
      return bytes.byteOffset;
    }
    const address = allocate(bytes.length);
    view(address, bytes.length).set(bytes);
    return address;
  }

  function allocateNumbers(numbers: Uint16Array | Uint32Array): number {
    const address = allocate(4 * numbers.length);
    new Uint32Array(memory.buffer, address, numbers.length).set(numbers);
    return address;
  }

  return {
    implementation: "wasm",

    input(byteLength) {
      if (!(Number.isInteger(byteLength) && byteLength >= 0 && byteLength <= MAX_MEMORY_BYTES)) {
        throw new MerkleError("out_of_range", `an input of ${byteLength} bytes`);
      }
      top = start;
      inputLength = 0;
      const address = allocate(byteLength);
      inputLength = byteLength;
      return view(address, byteLength);
    },

    hashMessages(offsets, lengths, count) {
      checkMessages(inputLength, { offsets, lengths, count });
      rewind();
      const out = allocate(count * HASH_LENGTH);
      const offsetsAt = allocateNumbers(offsets.subarray(0, count));
      const lengthsAt = allocateNumbers(lengths.subarray(0, count));
      wasm.hashMessages(start, offsetsAt, lengthsAt, count, allocate(4 * count), out);
      return view(out, count * HASH_LENGTH);
    },

    eventRoots(commitments, counts) {
      checkCounts(commitments, counts);
      const events = counts.length;
      const from = place(commitments);
      const out = allocate(events * HASH_LENGTH);
      const countsAt = allocateNumbers(counts);
      const messages = allocate(3 * events + commitments.length);
      const offsets = allocate(4 * events);
      const lengths = allocate(4 * events);
      const order = allocate(4 * events);
      const duplicate = wasm.eventRoots(from, countsAt, events, messages, offsets, lengths, order, out);
      if (duplicate >= 0) throw duplicateCommitment(duplicate);
      return view(out, events * HASH_LENGTH);
    },

    leafHashes(entries, count) {
      checkEntries(entries, count);
      const from = place(entries);
      const out = allocate(count * HASH_LENGTH);
      wasm.leafHashes(from, count, out);
      return view(out, count * HASH_LENGTH);
    },

    nodeLevel(hashes) {
      checkPairs(hashes);
      const count = hashes.length / (2 * HASH_LENGTH);
      const from = place(hashes);
      const out = allocate(count * HASH_LENGTH);
      wasm.nodeHashes(from, count, out);
      return view(out, count * HASH_LENGTH);
    },
  };
}

function align(address: number): number {
  return Math.ceil(address / 16) * 16;
}
