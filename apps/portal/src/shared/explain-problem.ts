import type { Problem } from "../api/problem.ts";

/** A problem in words: what it is, and what can be done. */
export interface Explanation {
  readonly title: string;
  readonly text: string;
  /** Whether the page asks again by itself. */
  readonly isPassing: boolean;
}

/** Puts a problem into words. */
export function explainProblem(problem: Problem): Explanation {
  if (problem.kind === "unreachable") {
    return {
      title: "The server cannot be reached",
      text: "The network is away, or the server is. Nothing that was recorded is affected. This page keeps trying.",
      isPassing: true,
    };
  }
  const isPassing = problem.retryAfterSeconds !== undefined;
  switch (problem.code) {
    case "index_unavailable":
      return {
        title: "Search is catching up",
        text: "The record itself is safe, and events are still taken in. This page keeps trying.",
        isPassing: true,
      };
    case "forbidden":
      return {
        title: "This key may not read events",
        text: `${sentence(problem.message)} Ask whoever runs this server for a key with the scope events:read.`,
        isPassing: false,
      };
    case "query_too_expensive":
      return {
        title: "This query takes too long",
        text: `${sentence(problem.message)} ${problem.fix ?? ""}`.trim(),
        isPassing,
      };
    default:
      return {
        title: "The server could not answer",
        text: [sentence(problem.message), problem.fix, problem.requestId && `(${problem.code}, ${problem.requestId})`]
          .filter(Boolean)
          .join(" "),
        isPassing,
      };
  }
}

/** Messages of the API are sentences without a capital and a full stop. */
export function sentence(text: string): string {
  const upper = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?)]$/.test(upper) ? upper : `${upper}.`;
}
