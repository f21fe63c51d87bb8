import { CairnError, type ErrorPlace } from "@cairn/event";

/**
 * Everything that can be wrong with what another system sent, or with a mapping definition. A code is never reused for
 * another meaning.
 */
export const SOURCE_ERRORS = {
  utf8_invalid: "The bytes are not UTF-8.",
  body_empty: "There is nothing to read.",
  json_invalid: "The text is not JSON; line and column say where.",
  duplicate_key: "One object has a key twice: readers disagree about which one counts.",
  text_invalid: "A string holds half of a surrogate pair.",
  too_deep: "Nested deeper than anything an event can come from.",
  not_an_object: "A record is an object.",
  too_large: "More than a reader of this format takes at once.",
  csv_invalid: "The text is not CSV (RFC 4180).",
  line_invalid: "The line does not have the form of its format.",
  xml_invalid: "The text is not XML, or uses what is not read here: document types, entities, too much depth.",
  protobuf_invalid: "The bytes are not the protocol buffers message that was announced.",
  syslog_invalid: "The bytes are not a syslog frame or message.",
  shape_invalid: "The record lacks what every record of this source has.",
  zone_unknown: "The time zone is not in the IANA data base.",
  definition_invalid: "The mapping definition is wrong at the pointer.",
} as const satisfies Record<string, string>;

export type SourceErrorCode = keyof typeof SOURCE_ERRORS;

/** The only error that leaves this room: a code, a sentence, and where. */
export class SourceError extends Error {
  readonly code: SourceErrorCode;
  readonly place: ErrorPlace;

  constructor(code: SourceErrorCode, message: string, place: ErrorPlace = {}) {
    super(message);
    this.name = "SourceError";
    this.code = code;
    this.place = place;
  }
}

/** Gives an error of the event room the name it has here; what is no such error is thrown on, because it is a bug. */
export function sourceErrorOf(error: unknown): SourceError {
  if (error instanceof SourceError) return error;
  if (!(error instanceof CairnError)) throw error;
  const code = Object.hasOwn(SOURCE_ERRORS, error.code) ? (error.code as SourceErrorCode) : "json_invalid";
  return new SourceError(code, error.message, error.place);
}
