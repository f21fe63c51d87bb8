import type { SourceKind } from "../api/source-answers.ts";
import type { Texts } from "../texts/texts.ts";

/** What kinds of sources are grouped by. */
export type KindGroupName = keyof Texts["sources"]["groups"];

/** By how a kind's name begins, the first that fits. */
const GROUPS: readonly (readonly [group: KindGroupName, begins: RegExp])[] = [
  ["identity", /^(?:auth0|okta|entra|google_identity|keycloak)/],
  ["cloud", /^(?:cloudtrail|aws|microsoft365|github|google|azure)/],
  ["telephony", /^ring/],
  ["health", /^(?:dicom|fhir|ehr|atna)/],
  ["files", /^(?:folder|file)/],
];
const ORDER: readonly KindGroupName[] = ["identity", "cloud", "telephony", "health", "files", "anything"];

/** Puts kinds into groups, in the order in which they are offered; a kind that is in none belongs to `anything`. */
export function groupKinds(
  kinds: readonly SourceKind[],
): readonly (readonly [group: KindGroupName, kinds: readonly SourceKind[]])[] {
  return ORDER.flatMap((group) => {
    const members = kinds.filter(({ kind }) => groupOf(kind) === group);
    return members.length === 0 ? [] : [[group, members] as const];
  });
}

function groupOf(kind: string): KindGroupName {
  return GROUPS.find(([, begins]) => begins.test(kind))?.[0] ?? "anything";
}
