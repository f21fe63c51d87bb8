import { QueryClient } from "@tanstack/react-query";
import { RequestFailure } from "./problem.ts";

/** Answers are shown for this long before they are asked for again. */
const FRESH_MS = 15_000;
const MAX_TRIES = 3;

/** Keeps answers that several parts of the page need. What can pass is tried again; a refusal is not. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        refetchOnWindowFocus: false,
        // Whether the server can be reached is found out by asking it: it may well be on this machine.
        networkMode: "always",
        retry: (count, error) => count < MAX_TRIES && isPassing(error),
      },
    },
  });
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof RequestFailure)) return false;
  const { problem } = error;
  return problem.kind === "unreachable" || problem.retryAfterSeconds !== undefined;
}
