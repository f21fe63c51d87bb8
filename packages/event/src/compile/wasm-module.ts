import { COMPILER_WASM } from "./compiler-wasm.ts";

/** What is used of the global `WebAssembly`, which is typed only where the DOM is, and absent under `--jitless`. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** What `assembly/index.ts` exports; addresses are offsets in `memory`. */
export interface CompilerExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  layOut(bodyBytes: number, outBytes: number): void;
  bodyAt(): number;
  outAt(): number;
  paramAt(): number;
  recordsAt(): number;
  startsAt(): number;
  valueStartsAt(): number;
  /** Forgets everything known and begins with the path of the event itself. */
  reset(seed: number, moreSeed: number): void;
  /** 1 when there was room. */
  learn(
    kind: number,
    context: number,
    key: number,
    keyBytes: number,
    value: number,
    blob: number,
    blobBytes: number,
  ): number;
  usedBytes(): number;
  /** Number of the new path, or -1. */
  child(parent: number, key: number, keyBytes: number): number;
  pathEntry(path: number): number;
  shapeCount(): number;
  shapeEntry(shape: number): number;
  categoryCount(): number;
  categoryEntry(category: number): number;
  compileBody(bodyBytes: number, tenant: number): number;
}

let compiled: object | undefined;

/** Makes an instance with a memory of its own; undefined where WebAssembly with SIMD does not run. */
export function instantiate(): CompilerExports | undefined {
  const api = (globalThis as unknown as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly;
  if (api === undefined) return undefined;
  try {
    compiled ??= new api.Module(Uint8Array.from(atob(COMPILER_WASM), (char) => char.charCodeAt(0)));
    // The one place where the module's types are taken on trust: a test compiles it from the source beside it.
    return new api.Instance(compiled).exports as CompilerExports;
  } catch {
    return undefined;
  }
}
