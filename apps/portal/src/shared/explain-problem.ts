import type { Problem } from "../api/problem.ts";
import { t } from "../texts/texts.ts";

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
      title: t.problems.away,
      text: t.problems.awayText,
      isPassing: true,
    };
  }
  const isPassing = problem.retryAfterSeconds !== undefined;
  switch (problem.code) {
    case "index_unavailable":
      return {
        title: t.problems.catchingUp,
        text: t.problems.catchingUpText,
        isPassing: true,
      };
    case "forbidden": {
      const isExport = problem.message.includes("exports");
      return {
        title: isExport ? t.problems.noExport : t.problems.noRead,
        text: `${sentence(problem.message)} ${isExport ? t.problems.noExportText : t.problems.noReadText}`,
        isPassing: false,
      };
    }
    case "query_too_expensive":
      return {
        title: t.problems.expensive,
        text: `${sentence(problem.message)} ${problem.fix ?? ""}`.trim(),
        isPassing,
      };
    default:
      return {
        title: t.problems.other,
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
