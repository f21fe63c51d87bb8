import { escapePointerToken } from "../json/pointer.ts";

/**
 * A path of units, made once and met again in every event of the same form: comparing two is comparing references, and
 * what is derived from one (its bytes, its place in a shape) can be kept beside it.
 */
export interface UnitPath {
  /** JSON Pointer. */
  readonly pointer: string;
  /** The path of a member of the value here. */
  child(key: string): UnitPath;
}

/** Paths remembered. Keys of `details` are data: a producer with endless keys must not fill the memory. */
const MAX_PATHS = 20_000;

let count = 0;
let root = createPath("");

function createPath(pointer: string): UnitPath {
  const children = new Map<string, UnitPath>();
  count++;
  return {
    pointer,
    child(key) {
      let path = children.get(key);
      if (path === undefined) {
        path = createPath(`${pointer}/${escapePointerToken(key)}`);
        children.set(key, path);
      }
      return path;
    },
  };
}

/** The path of the event itself. Starts afresh when too many paths have been met. */
export function rootPath(): UnitPath {
  if (count > MAX_PATHS) {
    count = 0;
    root = createPath("");
  }
  return root;
}
