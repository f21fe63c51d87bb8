import type { Json } from "@cairn/event";
import {
  decodeText,
  fhirAuditMapping,
  fhirXmlToJson,
  type JsonObject,
  parseLossless,
  type ReadItem,
  SourceError,
} from "@cairn/sources";
import { asObject, member, textMember } from "../../features/protocols/json-member.ts";
import type { Translation } from "../translation.ts";

/** An entry of a Bundle that is refused may have a status of HTTP that says more than its error. */
type FhirItem = ReadItem & { readonly httpStatus?: number };

/** AuditEvents of FHIR R4: one by `create`, or many in a Bundle. */
export function fhirTranslation(resource: "AuditEvent" | "Bundle"): Translation {
  return {
    read: (body) => (resource === "AuditEvent" ? [auditEventOf(body)] : entriesOf(readResource(body))),
    mapping: fhirAuditMapping,
    original: "leave",
    annotate: ({ httpStatus }: FhirItem) => (httpStatus === undefined ? undefined : { http_status: httpStatus }),
  };
}

function readResource(body: Uint8Array): JsonObject {
  const text = decodeText(body).replace(/^\ufeff/, "");
  if (text.trimStart().startsWith("<")) return fhirXmlToJson(text);
  const resource = asObject(parseLossless(text));
  if (resource === undefined) throw new SourceError("not_an_object", "a resource is a JSON object");
  return resource;
}

function auditEventOf(body: Uint8Array): FhirItem {
  const resource = readResource(body);
  if (resource.resourceType !== "AuditEvent")
    throw new SourceError("shape_invalid", "the resource is not an AuditEvent; a Bundle goes to the base address");
  return { kind: "record", record: resource, text: decodeText(body) };
}

/**
 * Gives the entries of a Bundle. Bundles that another system answered or collected go in as they are; only a transaction is
 * refused, because here one entry is refused without its neighbours.
 */
function entriesOf(bundle: JsonObject): FhirItem[] {
  if (bundle.resourceType !== "Bundle")
    throw new SourceError("shape_invalid", "what comes to the base address is a Bundle");
  if (bundle.type === "transaction")
    throw new SourceError("shape_invalid", "transactions are not supported: send the same as a batch");
  const { entry = [] } = bundle;
  if (!Array.isArray(entry)) throw new SourceError("shape_invalid", "the entries of a Bundle are a list");
  return entry.map((each: Json) => entryOf(each));
}

function entryOf(entry: Json): FhirItem {
  const method = textMember(member(entry, "request"), "method");
  const url = textMember(member(entry, "request"), "url");
  if (method !== undefined && method !== "POST")
    return refused(entry, { httpStatus: 405, message: "AuditEvents are created, and nothing else is done to them" });
  if (url !== undefined && !/(?:^|\/)AuditEvent$/.test(url))
    return refused(entry, { httpStatus: 404, message: "there are AuditEvents here, and nothing else" });
  const resource = asObject(member(entry, "resource"));
  return resource === undefined
    ? refused(entry, { httpStatus: 422, message: "the entry has no resource" })
    : itemOf(resource);
}

function refused(
  entry: Json,
  { httpStatus, message }: { readonly httpStatus: number; readonly message: string },
): FhirItem {
  return { kind: "refused", error: new SourceError("shape_invalid", message), text: JSON.stringify(entry), httpStatus };
}

function itemOf(record: JsonObject): ReadItem {
  return {
    kind: "record",
    record,
    // Written only when somebody wants it.
    get text() {
      return JSON.stringify(record);
    },
  };
}
