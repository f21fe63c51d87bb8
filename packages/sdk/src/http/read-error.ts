import { type ApiErrorBody, CairnApiError } from "../errors.ts";
import { parseRetryAfter } from "./backoff.ts";

/** Longest text that is quoted when something else than Cairn answered. */
const MAX_QUOTED_CHARS = 200;

/** Reads the error that an answer is. */
export async function readError(response: Response): Promise<CairnApiError> {
  const text = await response.text();
  const retryAfterSeconds = parseRetryAfter(response.headers.get("retry-after"), Date.now());
  const requestId = response.headers.get("x-request-id") ?? undefined;
  return new CairnApiError(errorBody(text) ?? foreignError(response.status, text), {
    status: response.status,
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/** Quotes an unexpected answer, shortened. */
export function quote(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED_CHARS ? `${text.slice(0, MAX_QUOTED_CHARS)}…` : text);
}

function errorBody(text: string): ApiErrorBody | undefined {
  try {
    const { error } = JSON.parse(text) as { readonly error?: ApiErrorBody };
    return typeof error?.code === "string" && typeof error.message === "string" ? error : undefined;
  } catch {
    return undefined;
  }
}

/** What a proxy in between says instead of the server. */
function foreignError(status: number, text: string): ApiErrorBody {
  return { code: `http_${status}`, message: text === "" ? `the answer was status ${status}` : quote(text) };
}
