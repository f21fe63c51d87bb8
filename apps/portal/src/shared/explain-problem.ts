import { isRefusal, type Problem, problemOf } from "../api/problem.ts";
import { plural } from "../texts/format.ts";
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
    case "sign_in_locked":
      return {
        title: t.problems.locked,
        text: t.problems.lockedText(waitOf(problem.retryAfterSeconds ?? 60)),
        isPassing: false,
      };
    case "grant_required":
      return { title: t.problems.noGrant, text: t.problems.noGrantText, isPassing: false };
    case "second_factor_missing":
      return { title: t.secondFactor.title, text: t.secondFactor.text, isPassing: false };
    case "tenant_suspended":
      return { title: t.problems.suspended, text: t.problems.suspendedText, isPassing: false };
    case "forbidden": {
      const isExport = problem.message.includes("exports");
      if (!isExport && !problem.message.includes("events:read"))
        return { title: t.problems.forbidden, text: sentence(problem.message), isPassing: false };
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

/** What was wrong with what somebody filled in, in a sentence or two. */
export function mistakeOf(problem: Problem): string {
  if (problem.kind === "unreachable") return `${t.problems.away}. ${t.problems.awayText}`;
  switch (problem.code) {
    case "sign_in_failed":
      return problem.message.includes("passkey") ? sentence(problem.message) : t.problems.wrong;
    case "sign_in_locked":
    case "grant_required":
    case "second_factor_missing":
    case "tenant_suspended":
    case "internal": {
      const { title, text } = explainProblem(problem);
      return `${title}. ${text}`;
    }
    default:
      return sentence(problem.message);
  }
}

/** What was wrong with a form that was sent, sorted by where it is said. */
export interface SortedMistakes {
  /** What was wrong with a field, in a sentence. */
  readonly at: (field: string) => string | undefined;
  /** What is about none of the fields. */
  readonly rest: Error | null;
}

/** Sorts what went wrong by the fields of the form: the API's messages begin with the name of the one they are about. */
export function sortMistakes(error: Error | null, fields: readonly string[]): SortedMistakes {
  const problem = error === null ? undefined : problemOf(error);
  const message = problem?.kind === "refused" && isRefusal(problem, "parameter_invalid") ? problem.message : "";
  const [, field = "", text = ""] = /^(?:body\/)?([a-z_]+)(?:\/\d+)?:? (.*)$/s.exec(message) ?? [];
  if (!fields.includes(field)) return { at: () => undefined, rest: error };
  return { at: (each) => (each === field ? sentence(text) : undefined), rest: null };
}

function waitOf(seconds: number): string {
  return plural(Math.ceil(seconds / 60), { one: "# minute", other: "# minutes" });
}

/** Messages of the API are sentences without a capital and a full stop. */
export function sentence(text: string): string {
  const upper = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?)]$/.test(upper) ? upper : `${upper}.`;
}
