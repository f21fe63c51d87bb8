import type { RecordedEvent } from "@cairn/event";
import type { Interval, Place, Total } from "../api/answers.ts";
import type { Problem } from "../api/problem.ts";
import type { Bar } from "./spans.ts";

/** What is known of a list: how long it is, and the rows that have been fetched. */
export interface RowsState {
  readonly phase: "loading" | "ready" | "failed";
  /** Why the last call brought nothing. With rows at hand, they are still shown. */
  readonly problem: Problem | undefined;
  /** Rows of the list, fetched or not. */
  readonly length: number;
  /** How many events match; null while it is not known. */
  readonly total: Total | null;
  /** Counts over time; undefined until they are there. */
  readonly bars: readonly Bar[] | undefined;
  readonly interval: Interval | undefined;
  /** Events that came in and are not shown, because the reader is further down. */
  readonly newsCount: number;
  /** Whether all rows are here. */
  readonly isWhole: boolean;
  /** A row; undefined while it is not fetched. */
  readonly at: (index: number) => RecordedEvent | undefined;
  /** The moment at which a row stands; undefined where rows are not in order of time. */
  readonly timeAt: (index: number) => number | undefined;
  /** The first row at or after a moment, in the order of the list; undefined where rows are not in order of time. */
  readonly indexAt: (ms: number) => number | undefined;
  /** Position of an event among the fetched rows; -1 when it is not among them. */
  readonly indexOf: (place: Place) => number;
}

/** A list that fetches itself as it is looked at. */
export interface Rows {
  readonly state: () => RowsState;
  readonly subscribe: (onChange: () => void) => () => void;
  /** Says which rows are looked at. */
  readonly need: (first: number, last: number) => void;
  /** Looks for what came in since; shows it where the reader is at the top. */
  readonly look: (placement: "top" | "further-down") => Promise<void>;
  /** Gives up what is under way. */
  readonly close: () => void;
}

/** A list before its first answer. */
export const LOADING_ROWS: RowsState = {
  phase: "loading",
  problem: undefined,
  length: 0,
  total: null,
  bars: undefined,
  interval: undefined,
  newsCount: 0,
  isWhole: false,
  at: () => undefined,
  timeAt: () => undefined,
  indexAt: () => undefined,
  indexOf: () => -1,
};
