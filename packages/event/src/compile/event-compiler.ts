import { CompiledBody, type CompiledBuffers, type Unknown } from "./compiled-body.ts";
import { FIRST_FACTS } from "./first-knowledge.ts";
import { factOf, type Lesson } from "./lesson.ts";
import { FIRST_PATHS, KIND } from "./numbers.ts";
import { type CompilerExports, instantiate } from "./wasm-module.ts";

/** What holds for all events of a body. */
export interface CompileOptions {
  readonly tenantNo: number;
  /** Id of the tenant, should an event name it. */
  readonly tenant: string;
  /** Value of every event's `/log` unit. */
  readonly origin: string;
  readonly defaultSource: string;
}

/** Longer bodies take the slow way: their events are long, or there are too many. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;
/** Output of a body: heads and salts make small events several times larger. */
const OUTPUT_FACTOR = 6;
const OUTPUT_BYTES = 512 * 1024;
/** Past it everything known is forgotten: producers of endless new texts must not stop others from being known. */
const MAX_KNOWN_BYTES = 15 * 1024 * 1024;
/** Buffers kept for the next bodies, and the largest worth keeping. */
const MAX_SPARE = 16;
const MAX_SPARE_BYTES = 4 * 1024 * 1024;
const RECORD_BYTES = 64;
/** Header of an entry in the compiler's memory; its key follows. */
const ENTRY_HEADER = 24;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Turns plain events straight from JSON bytes into the messages of their units, exactly as the slow way does: parse,
 * accept, split, flatten. Whatever it cannot be sure of it leaves to that way, and learns from what came out there.
 * One per thread.
 */
export class EventCompiler {
  private readonly wasm: CompilerExports;
  private readonly random: () => number;
  private shapes: (readonly string[])[] = [];
  private categories: string[] = [];
  private readonly spare: CompiledBuffers[] = [];
  private generation = 0;
  private written: CompileOptions | undefined;

  private constructor(wasm: CompilerExports, random: () => number) {
    this.wasm = wasm;
    this.random = random;
    this.forget();
  }

  /** Makes a compiler; undefined where the platform does not run it. `random` gives numbers from 0 to 1. */
  static create(random: () => number): EventCompiler | undefined {
    const wasm = instantiate();
    return wasm === undefined ? undefined : new EventCompiler(wasm, random);
  }

  /** Changes whenever everything known is forgotten: what was compiled before may hold references that are stale. */
  get epoch(): number {
    return this.generation;
  }

  /** Forgets everything known: of people, actions, tenants. */
  forget(): void {
    const word = (): number => Math.floor(this.random() * 2 ** 32);
    this.wasm.reset(word(), word());
    this.generation++;
    this.shapes = [];
    this.categories = [];
    for (const { kind, context, key, value } of FIRST_FACTS)
      this.remember({ kind, context, key: encoder.encode(key), value, blob: new Uint8Array(0) });
    for (const pointer of FIRST_PATHS) this.pathOf(pointer);
  }

  /** Compiles what it can of a body; undefined when the whole body must take the slow way. */
  compile(body: Uint8Array, options: CompileOptions): CompiledBody | undefined {
    if (body.length > MAX_BODY_BYTES) return undefined;
    if (this.wasm.usedBytes() > MAX_KNOWN_BYTES) this.forget();
    const { wasm } = this;
    wasm.layOut(body.length, body.length * OUTPUT_FACTOR + OUTPUT_BYTES);
    this.writeParameters(options);
    new Uint8Array(wasm.memory.buffer, wasm.bodyAt(), body.length).set(body);
    const count = wasm.compileBody(body.length, options.tenantNo);
    if (count === 0) return undefined;
    this.readNews();
    return new CompiledBody({
      buffers: this.takeOutput(count),
      count,
      shapes: this.shapes,
      categories: this.categories,
      epoch: this.generation,
    });
  }

  /** Takes a body's buffers back, for another. */
  release({ buffers }: CompiledBody): void {
    if (this.spare.length < MAX_SPARE && buffers.bytes.length <= MAX_SPARE_BYTES) this.spare.push(buffers);
  }

  /** Learns what an event needed that was unknown. `text` is what stands at the unknown's place in the body. */
  learn({ kind }: Unknown, text: Uint8Array, lesson: Lesson & { readonly tenantNo: number }): void {
    const fact = factOf(kind, decoder.decode(text), lesson, (pointer) => this.pathOf(pointer));
    if (fact === undefined) return;
    this.remember({ kind, context: kind === KIND.address ? 0 : lesson.tenantNo, key: text, ...fact });
  }

  private remember(entry: {
    readonly kind: number;
    readonly context: number;
    readonly key: Uint8Array;
    readonly value: number;
    readonly blob: Uint8Array;
  }): void {
    const { kind, context, key, value, blob } = entry;
    const at = this.place(key, blob);
    this.wasm.learn(kind, context, at, key.length, value, at + key.length, blob.length);
  }

  /** Writes bytes where bodies go and gives their address. */
  private place(...parts: readonly Uint8Array[]): number {
    this.wasm.layOut(
      parts.reduce((sum, { length }) => sum + length, 0),
      0,
    );
    const start = this.wasm.bodyAt();
    const memory = new Uint8Array(this.wasm.memory.buffer);
    let at = start;
    for (const part of parts) {
      memory.set(part, at);
      at += part.length;
    }
    return start;
  }

  /** Number of a path, each token of which needs no escaping. */
  private pathOf(pointer: string): number {
    let path = 0;
    for (const token of pointer.slice(1).split("/")) {
      const key = encoder.encode(token);
      path = this.wasm.child(path, this.place(key), key.length);
    }
    return path;
  }

  /** Writes what holds for all events of a body, unless it did for the one before. */
  private writeParameters(options: CompileOptions): void {
    const { origin, defaultSource, tenant } = options;
    const { written } = this;
    if (written?.origin === origin && written.defaultSource === defaultSource && written.tenant === tenant) return;
    this.written = options;
    const { memory } = this.wasm;
    const at = this.wasm.paramAt();
    const ends = new Uint32Array(memory.buffer, at, 4);
    const bytes = new Uint8Array(memory.buffer, at + 16);
    let end = 0;
    for (const [i, text] of [JSON.stringify(origin), JSON.stringify(defaultSource), tenant].entries()) {
      ends[i] = end;
      end += encoder.encodeInto(text, bytes.subarray(end)).written;
    }
    ends[3] = end;
  }

  /** Reads the shapes and categories that the last body brought. */
  private readNews(): void {
    const { wasm } = this;
    while (this.shapes.length < wasm.shapeCount()) {
      const entry = wasm.shapeEntry(this.shapes.length);
      const paths = new Uint16Array(wasm.memory.buffer, entry + ENTRY_HEADER, this.keyBytes(entry) / 2);
      this.shapes.push(Array.from(paths, (path) => this.pointerOf(path)));
    }
    while (this.categories.length < wasm.categoryCount())
      this.categories.push(this.keyOf(wasm.categoryEntry(this.categories.length)));
  }

  private pointerOf(path: number): string {
    if (path === 0) return "";
    const entry = this.wasm.pathEntry(path);
    const [parent] = new Uint32Array(this.wasm.memory.buffer, entry + 4, 1);
    return `${this.pointerOf(parent!)}/${this.keyOf(entry)}`;
  }

  private keyBytes(entry: number): number {
    return new Uint16Array(this.wasm.memory.buffer, entry + 10, 1)[0]!;
  }

  private keyOf(entry: number): string {
    return decoder.decode(new Uint8Array(this.wasm.memory.buffer, entry + ENTRY_HEADER, this.keyBytes(entry)));
  }

  private takeOutput(count: number): CompiledBuffers {
    const { wasm } = this;
    const { buffer } = wasm.memory;
    const records = new Uint32Array(buffer, wasm.recordsAt(), (count * RECORD_BYTES) / 4);
    let units = 0;
    let bytes = 0;
    for (let at = 0; at < records.length; at += RECORD_BYTES / 4) {
      if (records[at] !== 1) continue;
      units = records[at + 4]! + records[at + 5]!;
      bytes = records[at + 14]!;
    }
    const buffers = this.spare.pop() ?? {
      bytes: new Uint8Array(0),
      starts: new Uint32Array(0),
      valueStarts: new Uint32Array(0),
      records: new Uint32Array(0),
    };
    buffers.bytes = holding(buffers.bytes, new Uint8Array(buffer, wasm.outAt(), bytes));
    buffers.starts = holding(buffers.starts, new Uint32Array(buffer, wasm.startsAt(), units));
    buffers.valueStarts = holding(buffers.valueStarts, new Uint32Array(buffer, wasm.valueStartsAt(), units));
    buffers.records = holding(buffers.records, records);
    return buffers;
  }
}

/** Copies `from` into `target`, or into a larger array. */
function holding<T extends Uint8Array | Uint32Array>(target: T, from: T): T {
  if (target.length >= from.length) {
    target.set(from);
    return target;
  }
  const grown = new (from.constructor as new (length: number) => T)(Math.ceil(from.length * 1.25));
  grown.set(from);
  return grown;
}
