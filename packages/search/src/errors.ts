/** What went wrong between Cairn and its search index. */
export type IndexFault =
  /** The engine cannot be reached, is starting, or has too much to do: try again. */
  | "unavailable"
  /** The query hit its limit of time, memory or rows. */
  | "too_expensive"
  /** More matches than can be sorted by this field. */
  | "sort_too_large"
  /** The cursor belongs to another query, or is none. */
  | "cursor_invalid"
  /** The engine refused a statement that Cairn wrote: a fault of Cairn, or a table that is not as expected. */
  | "internal";

/** The only error that leaves this room on purpose, besides those of the engine's process. */
export class IndexError extends Error {
  override readonly name = "IndexError";
  readonly fault: IndexFault;

  constructor(fault: IndexFault, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.fault = fault;
  }
}
