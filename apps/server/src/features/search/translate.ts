import { CairnError, type ErrorCode } from "@cairn/event";
import { IndexError, type IndexFault } from "@cairn/search";

const CODE_OF_FAULT: Readonly<Record<IndexFault, ErrorCode>> = {
  unavailable: "index_unavailable",
  too_expensive: "query_too_expensive",
  sort_too_large: "query_too_expensive",
  cursor_invalid: "cursor_invalid",
  internal: "internal",
};

/** Runs a search and turns the errors of the index into codes of the catalog. */
export async function translated<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof IndexError) {
      throw new CairnError(CODE_OF_FAULT[error.fault], error.message, { retryAfterSeconds: 2, cause: error });
    }
    throw error;
  }
}
