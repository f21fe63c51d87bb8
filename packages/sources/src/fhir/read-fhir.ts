import { asArray, asObject, member } from "../core/json-values.ts";
import { type ReadItem, readJsonRecords } from "../core/read-json.ts";
import { SourceError, sourceErrorOf } from "../core/source-error.ts";
import { fhirXmlToJson } from "./fhir-xml.ts";

/** Reads AuditEvents: one, a Bundle of them, an array, or one on each line; in JSON, or one or a Bundle in XML. */
export function readFhirAudit(body: string): ReadItem[] {
  const text = body.replace(/^\ufeff/, "");
  if (!text.trimStart().startsWith("<")) return readJsonRecords(text).flatMap(unbundled);
  try {
    return unbundled({ kind: "record", record: fhirXmlToJson(text), text });
  } catch (error) {
    return [{ kind: "refused", error: sourceErrorOf(error), text }];
  }
}

/** Gives the resources of a Bundle, each as an item. */
function unbundled(item: ReadItem): ReadItem[] {
  if (item.kind === "refused" || item.record.resourceType !== "Bundle") return [item];
  return asArray(item.record.entry).map((entry): ReadItem => {
    const resource = asObject(member(entry, "resource"));
    if (resource !== undefined) return { kind: "record", record: resource, text: JSON.stringify(resource) };
    return {
      kind: "refused",
      error: new SourceError("shape_invalid", "an entry has no resource"),
      text: JSON.stringify(entry),
    };
  });
}
