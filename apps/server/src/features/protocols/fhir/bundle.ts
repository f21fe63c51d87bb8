import type { Json } from "@cairn/event";
import type { JsonObject } from "@cairn/sources";
import { asObject, member, textMember } from "../json-member.ts";
import { FhirError } from "./outcome.ts";

/** One entry of a Bundle: a resource to record, or why it is none. */
export type SentEntry =
  | { readonly kind: "resource"; readonly resource: JsonObject }
  | { readonly kind: "refused"; readonly status: number; readonly message: string };

/**
 * Gives the entries of a Bundle. Bundles that another system answered or collected go in as they are; only a transaction is
 * refused, because here one entry is refused without its neighbours.
 * @throws FhirError
 */
export function entriesOf(bundle: JsonObject): SentEntry[] {
  if (bundle.resourceType !== "Bundle") throw new FhirError(422, "what comes to the base address is a Bundle");
  if (bundle.type === "transaction")
    throw new FhirError(422, "transactions are not supported: send the same as a batch");
  const { entry = [] } = bundle;
  if (!Array.isArray(entry)) throw new FhirError(422, "the entries of a Bundle are a list");
  return entry.map((each: Json) => entryOf(each));
}

function entryOf(entry: Json): SentEntry {
  const method = textMember(member(entry, "request"), "method");
  const url = textMember(member(entry, "request"), "url");
  if (method !== undefined && method !== "POST")
    return { kind: "refused", status: 405, message: "AuditEvents are created, and nothing else is done to them" };
  if (url !== undefined && !/(?:^|\/)AuditEvent$/.test(url))
    return { kind: "refused", status: 404, message: "there are AuditEvents here, and nothing else" };
  const resource = asObject(member(entry, "resource"));
  return resource === undefined
    ? { kind: "refused", status: 422, message: "the entry has no resource" }
    : { kind: "resource", resource };
}
