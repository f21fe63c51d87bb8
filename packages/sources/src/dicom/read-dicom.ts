import { type Json, setMember } from "@cairn/event";
import type { JsonObject } from "../core/json-values.ts";
import { parseXml, type XmlElement } from "../core/parse-xml.ts";
import type { ReadItem } from "../core/read-json.ts";
import { SourceError, sourceErrorOf } from "../core/source-error.ts";

/**
 * Reads an audit message in XML (DICOM PS3.15 A.5, RFC 3881) as a record: attributes and elements under their names, elements
 * always in lists, so that every value has one place whatever there is beside it.
 */
export function readDicomAudit(text: string): ReadItem[] {
  try {
    const root = parseXml(text);
    if (localName(root.name) !== "AuditMessage") {
      throw new SourceError("shape_invalid", `the element is <${root.name.slice(0, 60)}>, not <AuditMessage>`);
    }
    return [{ kind: "record", record: recordOf(root), text }];
  } catch (error) {
    return [{ kind: "refused", error: sourceErrorOf(error), text }];
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function recordOf(element: XmlElement): JsonObject {
  const record: Record<string, Json> = {};
  for (const [name, value] of element.attributes) setMember(record, name, value);
  for (const child of element.children) {
    const name = localName(child.name);
    const list = Object.hasOwn(record, name) ? record[name] : undefined;
    // An attribute and an element of one name: the element goes under a name that XML has not.
    const key = typeof list === "string" ? `${name}[]` : name;
    const known = Object.hasOwn(record, key) ? (record[key] as Json[]) : [];
    known.push(recordOf(child));
    setMember(record, key, known);
  }
  const text = element.text.trim();
  if (text !== "") setMember(record, "#text", text);
  return record as JsonObject;
}
