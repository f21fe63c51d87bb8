/**
 * Every limit of an event and of a batch, in one place, each with its reason.
 * Past a limit there is an error with a code of `errors.ts`, never a silent cut.
 */
export const LIMITS = {
  /** One event as canonical JSON. Larger things are documents: store them elsewhere and log a reference. */
  eventBytes: 256 * 1024,
  /** One request body after decompression: bounds the memory one request can take. */
  batchBytes: 10 * 1024 * 1024,
  /** Events in one request: bounds the time one request holds a worker. */
  batchEvents: 1_000,
  /** Nesting of `details` and friends: deeper JSON is an encoded document, and recursion must end. */
  depth: 32,
  /** Units (salted commitments) of one event. Beyond it units become coarser; the event is not refused (format v1 counts in u16). */
  units: 1_024,
  /** Levels of objects opened into units of their own. */
  unitDepth: 3,
  /** New commitments per second and key, so that one producer of many-field events cannot starve the others. */
  unitsPerSecondPerKey: 4_000_000,
  idChars: 200,
  actionChars: 200,
  nameChars: 500,
  emailChars: 320,
  shortTextChars: 1_000,
  descriptionChars: 16_000,
  userAgentChars: 2_000,
  roles: 100,
  targets: 100,
  changes: 500,
  labels: 64,
  warnings: 32,
  /** Refused events are shown to their owner for a day. */
  refusedKeepHours: 24,
} as const;

/** The earliest and latest `occurred_at` accepted: what every store behind Cairn can represent (ClickHouse DateTime64). */
export const OCCURRED_AT_MIN_MS = Date.UTC(1970, 0, 1);
export const OCCURRED_AT_MAX_MS = Date.UTC(2262, 0, 1);
