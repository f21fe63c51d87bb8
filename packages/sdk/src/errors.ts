/** Where in what was sent the fault lies, as far as the server can tell. */
export interface ApiErrorPlace {
  /** JSON Pointer into the event or body. */
  readonly pointer?: string;
  /** Line of the body, from 1. */
  readonly line?: number;
  /** Column in that line, from 1, in characters. */
  readonly column?: number;
  /** Offset in a query, from 0, in characters. */
  readonly offset?: number;
  /** Length of what is wrong there, in characters. */
  readonly length?: number;
}

/** The shape of `error` in an answer of the API. */
export interface ApiErrorBody extends ApiErrorPlace {
  readonly code: string;
  readonly message: string;
  readonly fix?: string;
  readonly request_id?: string;
}

/**
 * The server refused: the whole request, or one event of a batch. `code` is stable and listed in `docs/errors.md`;
 * `fix` says what to do. What can be retried has been retried before this is thrown.
 */
export class CairnApiError extends Error {
  readonly code: string;
  /** HTTP status of the answer; of the code's own kind where one event of a batch is concerned. */
  readonly status: number;
  readonly place: ApiErrorPlace;
  readonly fix: string | undefined;
  /** Finds the request in the server's log. */
  readonly requestId: string | undefined;
  /** Seconds after which the server wants to be asked again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    error: ApiErrorBody,
    answer: { readonly status: number; readonly requestId?: string; readonly retryAfterSeconds?: number },
  ) {
    super(error.message);
    this.name = "CairnApiError";
    this.code = error.code;
    this.status = answer.status;
    const { code: _code, message: _message, fix, request_id, ...place } = error;
    this.place = place;
    this.fix = fix;
    this.requestId = request_id ?? answer.requestId;
    this.retryAfterSeconds = answer.retryAfterSeconds;
  }

  /** JSON Pointer to what is wrong in the event. */
  get pointer(): string | undefined {
    return this.place.pointer;
  }
}

/** Names what went wrong on this side of the wire. */
export type ClientErrorCode =
  /** No answer came: name not found, connection refused or broken, or too slow. */
  | "unreachable"
  /** Something answered that is not a Cairn server, or not of this protocol. */
  | "response_invalid"
  /** The server wants another URL. Nothing was sent there, so that the key goes nowhere unforeseen. */
  | "redirected"
  /** The queue is full: events come faster than the server takes them. */
  | "queue_full"
  /** The event has no JSON form: a cycle, a BigInt. */
  | "not_serializable"
  /** The client was closed, or the process ended, before the event was sent. */
  | "closed"
  /** The caller's signal aborted the call. */
  | "aborted"
  /** An option makes no sense. */
  | "option_invalid";

/** A call could not be made, or its answer not be understood; the server never said no. */
export class CairnClientError extends Error {
  readonly code: ClientErrorCode;

  constructor(code: ClientErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.name = "CairnClientError";
    this.code = code;
  }
}

/** Either kind of failure. Calls of this package throw nothing else. */
export type CairnFailure = CairnApiError | CairnClientError;

/** Turns whatever was thrown into one of the two kinds. */
export function asFailure(error: unknown): CairnFailure {
  if (error instanceof CairnApiError || error instanceof CairnClientError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new CairnClientError("response_invalid", message, { cause: error });
}
