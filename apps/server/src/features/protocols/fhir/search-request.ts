import { FhirError } from "./outcome.ts";
import { CONDITIONS, namesOf } from "./query-parameters.ts";

const DEFAULT_COUNT = 50;
const MAX_COUNT = 1_000;
/** Parameters in one search: what a person could mean. */
const MAX_PARAMETERS = 50;

/** A search as it is done here. */
export interface FhirSearch {
  readonly q: string;
  readonly order: "asc" | "desc";
  /** Zero: only the number of matches is wanted. */
  readonly count: number;
  readonly wantsTotal: boolean;
  readonly cursor: string | undefined;
  /** Names of patients, one list for each parameter: one of each must be a patient of the event. */
  readonly patients: readonly (readonly string[])[];
  /** What was understood, for the links of the answer; without the page. */
  readonly used: URLSearchParams;
}

/**
 * Reads the parameters of a search. One that is not known is refused, because a filter that is not applied shows more than was
 * asked for; `Prefer: handling=lenient` ignores it, and the `self` link tells what was used (R4, 3.1.1.4.2).
 * @throws FhirError
 */
export function readSearch(parameters: URLSearchParams, handling: "strict" | "lenient"): FhirSearch {
  const used = new URLSearchParams();
  const conditions: string[] = [];
  const patients: (readonly string[])[] = [];
  const controls = {
    order: "desc" as "asc" | "desc",
    count: DEFAULT_COUNT,
    wantsTotal: false,
    cursor: undefined as string | undefined,
  };
  if (parameters.size > MAX_PARAMETERS) throw new FhirError(400, `a search has at most ${MAX_PARAMETERS} parameters`);
  for (const [written, value] of parameters) {
    if (applyControl(controls, written, value)) {
      if (written !== "_page") used.append(written, value);
      continue;
    }
    const name = written.replace(/:identifier$/, ".identifier").replace(/:exact$/, "");
    const condition = Object.hasOwn(CONDITIONS, name) ? CONDITIONS[name] : undefined;
    if (condition === undefined) {
      if (handling === "lenient") continue;
      throw new FhirError(400, `the search parameter ${written.slice(0, 60)} is not known here`);
    }
    const values = splitValues(value);
    if (values.length === 0) continue;
    used.append(written, value);
    conditions.push(`(${values.map(condition).join(" OR ")})`);
    if (name.startsWith("patient")) patients.push(values.flatMap((each) => namesOf(each, "Patient")));
  }
  return { q: conditions.join(" "), patients, used, ...controls };
}

interface Controls {
  order: "asc" | "desc";
  count: number;
  wantsTotal: boolean;
  cursor: string | undefined;
}

/** Applies a parameter that is about the answer; tells whether it is one. */
function applyControl(controls: Controls, name: string, value: string): boolean {
  switch (name) {
    case "_count":
      if (!/^\d{1,9}$/.test(value)) throw new FhirError(400, "_count is a number");
      controls.count = Math.min(Number(value), MAX_COUNT);
      return true;
    case "_sort":
      if (value !== "date" && value !== "-date") throw new FhirError(400, "_sort is date or -date");
      controls.order = value === "date" ? "asc" : "desc";
      return true;
    case "_total":
      controls.wantsTotal = value !== "none";
      return true;
    case "_summary":
      if (value !== "count" && value !== "false") throw new FhirError(400, "_summary is count or false");
      if (value === "count") controls.count = 0;
      return true;
    case "_format":
      if (!/json/.test(value)) throw new FhirError(406, "resources are written in JSON here");
      return true;
    case "_page":
      controls.cursor = value;
      return true;
    default:
      return false;
  }
}

/** Values stand between commas; a backslash takes the meaning from what follows (R4, 3.1.1.4.9). */
function splitValues(value: string): string[] {
  const parts = value.match(/(?:\\.|[^,\\])+/gs) ?? [];
  return parts.map((part) => part.replaceAll(/\\(.)/gs, "$1"));
}
