import { decodePart, rebuildCore, type SplitEvent, type SubjectPart } from "@cairn/event";
import { Cell, type CellLines } from "../native/cell.ts";

/**
 * Events as the ledger stores them, column by column: what is the same in many is looked at once, and no event is put
 * together. All of one tenant and one epoch.
 */
export interface EventColumns {
  readonly tenantNo: number;
  readonly ledger: number;
  /** Values of the core units, a line each. */
  readonly lines: CellLines;
  /** Events by the paths of their units. */
  readonly shapes: readonly EventShape[];
  /** By position of the event: its sequence, -1 for one that is to be left out. */
  readonly sequences: Float64Array;
  /** By position of the event: when it was received, Unix milliseconds. */
  readonly receivedAtMs: Float64Array;
  /** Units of people, in order of position; units that several people lock together are not among them. */
  readonly parts: readonly EventPart[];
}

/** Events with the same paths. The value of path `p` of row `r` is in line `firstLine + p * positions.length + r`. */
export interface EventShape {
  readonly paths: readonly string[];
  readonly firstLine: number;
  /** Position of each row's event. */
  readonly positions: Uint32Array;
}

/** A person's unit that can still be read. */
export interface EventPart {
  readonly position: number;
  readonly ref: string;
  /** RFC 8785 text of the value: `bytes` from `start` to `end`. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** Puts the event of a row together: for rows that no plan fits. */
export function splitOfRow(columns: EventColumns, shape: EventShape, row: number): SplitEvent {
  const cell = new Cell();
  cell.open(columns.lines);
  const stride = shape.positions.length;
  const core = rebuildCore(
    shape.paths.map((path, i) => {
      cell.line(shape.firstLine + i * stride + row);
      return [path, cell.bytes.toString("utf8", cell.start, cell.end)] as const;
    }),
  );
  const position = shape.positions[row]!;
  const parts = columns.parts
    .filter((part) => part.position === position)
    .map(({ ref, bytes, start, end }): SubjectPart => decodePart(ref, bytes.toString("utf8", start, end)));
  return { core, parts };
}
