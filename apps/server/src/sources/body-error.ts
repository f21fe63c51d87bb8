import { CairnError, type ErrorCode } from "@cairn/event";
import { SourceError } from "@cairn/sources";

/** Codes that a body has by itself; every other fault of a body as a whole is `body_invalid`. */
const OF_BODIES: Readonly<Record<string, ErrorCode>> = {
  utf8_invalid: "utf8_invalid",
  body_empty: "body_empty",
  json_invalid: "json_invalid",
  too_large: "body_too_large",
};

/** Says why nothing of a body can be read, with line and column. */
export function bodyError(error: SourceError): CairnError {
  const { message, place } = error;
  return new CairnError(OF_BODIES[error.code] ?? "body_invalid", message, { ...place, cause: error });
}

/** Runs something that reads a body or a definition. @throws CairnError in place of a SourceError */
export function translated<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    if (error.code !== "definition_invalid" && error.code !== "zone_unknown") throw bodyError(error);
    throw new CairnError("definition_invalid", error.message, { ...error.place, cause: error });
  }
}
