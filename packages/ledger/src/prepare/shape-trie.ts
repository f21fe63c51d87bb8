import type { UnitPath } from "@cairn/event";

/** A list of unit paths on its way: where one more path leads. */
export interface ShapeState {
  /** The list so far, as JSON Pointers; the same array every time. */
  readonly pointers: readonly string[];
  next(path: UnitPath): ShapeState;
}

/** States remembered; producers with endless forms must not fill the memory. */
const MAX_STATES = 50_000;

let count = 0;

function createState(pointers: readonly string[]): ShapeState {
  const following = new Map<UnitPath, ShapeState>();
  count++;
  return {
    pointers,
    next(path) {
      let state = following.get(path);
      if (state === undefined) {
        state = createState([...pointers, path.pointer]);
        following.set(path, state);
      }
      return state;
    },
  };
}

let start = createState([]);

/** The empty list. Events of one form walk the same way and end at the same array of pointers. */
export function startShape(): ShapeState {
  if (count > MAX_STATES) {
    count = 0;
    start = createState([]);
  }
  return start;
}
