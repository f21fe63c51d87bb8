import type { RecordedEvent } from "@cairn/event";
import { TokenEnded, type TokenKeeper } from "./token-keeper.ts";

/** Why there are no events to show. */
export type ViewerProblem =
  /** Nobody answered; on a foreign page also: the server does not let it ask. */
  | { readonly kind: "away" }
  /** The token has run out, and there is no other. */
  | { readonly kind: "expired" }
  | { readonly kind: "mistake" | "failed"; readonly message: string };

/** Carries a problem to whoever asked. */
export class ViewerFailure extends Error {
  readonly problem: ViewerProblem;

  constructor(problem: ViewerProblem) {
    super(problem.kind);
    this.name = "ViewerFailure";
    this.problem = problem;
  }
}

/** One page of events, newest first. */
export interface ViewerPage {
  readonly events: readonly RecordedEvent[];
  /** Cursor of the next page. */
  readonly next: string | null;
}

/** What a viewer reads. Each call throws `ViewerFailure`. */
export interface ViewerClient {
  search(ask: { readonly query: string; readonly cursor: string | undefined }): Promise<ViewerPage>;
  /** One event again: that it was looked at is recorded. */
  event(place: { readonly ledger: number; readonly sequence: number }): Promise<RecordedEvent>;
}

export const PAGE_EVENTS = 50;
const TIMEOUT_MS = 30_000;

/** Reads a log with the tokens of a keeper; one that is refused is renewed, once for each request. */
export function createViewerClient(url: string, tokens: TokenKeeper): ViewerClient {
  const base = url.replace(/\/+$/, "");

  async function ask<T>(path: string, body?: object): Promise<T> {
    const first = await attempt(await given(tokens.current), path, body);
    if (first.ok) return read<T>(first);
    if (first.status !== 401) throw await refusal(first);
    const second = await attempt(await given(tokens.renew), path, body);
    if (!second.ok) throw second.status === 401 ? new ViewerFailure({ kind: "expired" }) : await refusal(second);
    return read<T>(second);
  }

  async function attempt(token: string, path: string, body: object | undefined): Promise<Response> {
    try {
      return await fetch(`${base}${path}`, {
        method: body === undefined ? "GET" : "POST",
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // The token says who looks; no cookie of the log's own pages may.
        credentials: "omit",
        cache: "no-store",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch {
      throw new ViewerFailure({ kind: "away" });
    }
  }

  return {
    search: ({ query, cursor }) =>
      ask<ViewerPage>("/v1/events/search", {
        q: query,
        limit: PAGE_EVENTS,
        ...(cursor === undefined ? {} : { cursor }),
      }),
    event: ({ ledger, sequence }) => ask<RecordedEvent>(`/v1/events/${ledger}/${sequence}`),
  };
}

async function given(ask: () => Promise<string>): Promise<string> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof TokenEnded ? new ViewerFailure({ kind: "expired" }) : error;
  }
}

async function read<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch {
    throw new ViewerFailure({ kind: "away" });
  }
}

async function refusal(response: Response): Promise<ViewerFailure> {
  const { error } = await read<{ readonly error?: { readonly code?: string; readonly message?: string } }>(response);
  const message = error?.message ?? `${response.status}`;
  return new ViewerFailure({ kind: error?.code === "query_invalid" ? "mistake" : "failed", message });
}
