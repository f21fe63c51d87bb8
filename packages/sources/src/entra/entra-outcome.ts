import type { OutcomeResult } from "@cairn/event";
import { lookUp } from "../core/json-values.ts";

/**
 * Error codes of sign-ins that are not failures of the credentials: blocked by policy or lock-out, or interrupted to ask for
 * something more. Microsoft calls them all `failure`.
 */
const CODES: Readonly<Record<string, OutcomeResult>> = {
  "0": "success",
  "50053": "denied",
  "50057": "denied",
  "53000": "denied",
  "53001": "denied",
  "53002": "denied",
  "53003": "denied",
  "53004": "denied",
  "50055": "unknown",
  "50058": "unknown",
  "50072": "unknown",
  "50074": "unknown",
  "50076": "unknown",
  "50125": "unknown",
  "50129": "unknown",
  "50140": "unknown",
  "50144": "unknown",
  "65001": "unknown",
};

/** Tells how a sign-in ended by its error code; undefined without one. */
export function entraSignInResult(errorCode: string | undefined): OutcomeResult | undefined {
  if (errorCode === undefined) return undefined;
  return lookUp(CODES, errorCode) ?? "failure";
}

/** Results of directory audits. */
export const ENTRA_AUDIT_RESULTS: Readonly<Record<string, OutcomeResult>> = {
  success: "success",
  failure: "failure",
  timeout: "failure",
  unknownfuturevalue: "unknown",
};
