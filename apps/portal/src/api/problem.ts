/** Why a request brought no answer. */
export type Problem =
  /** Nobody answered: the network or the server is away. */
  | { readonly kind: "unreachable" }
  /** The server answered that it will not. `docs/errors.md` lists the codes. */
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly fix: string | undefined;
      /** Characters of the query, UTF-16 code units. */
      readonly place: { readonly offset: number; readonly length: number } | undefined;
      /** JSON Pointer to what is wrong in what was sent. */
      readonly pointer?: string | undefined;
      /** Where a text that was sent cannot be read, from 1. */
      readonly line?: number | undefined;
      readonly column?: number | undefined;
      /** Set when the same request may work later. */
      readonly retryAfterSeconds: number | undefined;
      readonly requestId: string | undefined;
    };

/** Carries a problem to whoever asked. */
export class RequestFailure extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.kind === "unreachable" ? "the server cannot be reached" : problem.message);
    this.name = "RequestFailure";
    this.problem = problem;
  }
}

/** Tells what went wrong, or undefined when a request was only given up because nobody wants its answer any more. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof RequestFailure) return error.problem;
  if (error instanceof DOMException && error.name === "AbortError") return undefined;
  throw error;
}

/** Tells whether a problem is a refusal with a certain code. */
export function isRefusal(problem: Problem | undefined, code: string): boolean {
  return problem?.kind === "refused" && problem.code === code;
}

/** Reads the body of an answer that is no success. */
export async function readRefusal(response: Response): Promise<Problem> {
  const { error } = await readBody(response);
  const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
  const { offset, length } = error;
  return {
    kind: "refused",
    status: response.status,
    code: textOf(error.code) ?? "internal",
    message: textOf(error.message) ?? `The server answered ${response.status}.`,
    fix: textOf(error.fix),
    pointer: typeof error.pointer === "string" ? error.pointer : undefined,
    line: typeof error.line === "number" ? error.line : undefined,
    column: typeof error.column === "number" ? error.column : undefined,
    place: typeof offset === "number" && typeof length === "number" ? { offset, length } : undefined,
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
    requestId: textOf(error.request_id),
  };
}

/** A proxy in between may answer in its own way; then there is nothing to read. */
async function readBody(response: Response): Promise<{ readonly error: Readonly<Record<string, unknown>> }> {
  try {
    const body = (await response.json()) as { readonly error?: Readonly<Record<string, unknown>> } | null;
    return { error: body?.error ?? {} };
  } catch {
    return { error: {} };
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
