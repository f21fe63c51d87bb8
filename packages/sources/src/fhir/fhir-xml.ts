import { type Json, setMember } from "@cairn/event";
import type { JsonObject } from "../core/json-values.ts";
import { parseXml, type XmlElement } from "../core/parse-xml.ts";
import { SourceError } from "../core/source-error.ts";

/** Elements that repeat, by their names from the resource on; in JSON they are lists. Extensions repeat everywhere. */
const LISTS: ReadonlySet<string> = new Set([
  "AuditEvent/subtype",
  "AuditEvent/purposeOfEvent",
  "AuditEvent/agent",
  "AuditEvent/agent/role",
  "AuditEvent/agent/policy",
  "AuditEvent/agent/purposeOfUse",
  "AuditEvent/source/type",
  "AuditEvent/entity",
  "AuditEvent/entity/securityLabel",
  "AuditEvent/entity/detail",
  "OperationOutcome/issue",
  "Bundle/entry",
  "Bundle/link",
  "Bundle/entry/link",
]);
const LISTS_ANYWHERE: ReadonlySet<string> = new Set([
  "extension",
  "modifierExtension",
  "coding",
  "profile",
  "tag",
  "security",
  "contained",
]);
const BOOLEANS: ReadonlySet<string> = new Set(["requestor", "userSelected", "valueBoolean"]);
const NUMBERS: ReadonlySet<string> = new Set(["total", "valueInteger"]);
/** Elements that hold a resource of any type. */
const RESOURCE_PLACES: ReadonlySet<string> = new Set(["resource", "contained"]);

/**
 * Reads an AuditEvent, or a Bundle of them, in FHIR's XML as the JSON that says the same (R4, §2.6.2). Only what these two
 * resources are made of is known; comments are passed over, narrative is kept as its XML.
 * @throws SourceError xml_invalid, shape_invalid
 */
export function fhirXmlToJson(xml: string): JsonObject {
  const root = parseXml(xml);
  if (root.name !== "AuditEvent" && root.name !== "Bundle") {
    throw new SourceError(
      "shape_invalid",
      `the resource is a ${root.name.slice(0, 60)}, not an AuditEvent or a Bundle`,
    );
  }
  return resourceOf(root, xml);
}

function resourceOf(element: XmlElement, xml: string): JsonObject {
  return { resourceType: element.name, ...membersOf(element, element.name, xml) };
}

function membersOf(element: XmlElement, path: string, xml: string): Record<string, Json> {
  const members: Record<string, Json> = {};
  const url = element.attributes.get("url");
  const id = element.attributes.get("id");
  if (url !== undefined) members.url = url;
  if (id !== undefined) members.id = id;
  for (const child of element.children) {
    const inner = `${path}/${child.name}`;
    const value = valueOfElement(child, inner, xml);
    const known = Object.hasOwn(members, child.name) ? members[child.name] : undefined;
    const isList = LISTS.has(inner) || LISTS_ANYWHERE.has(child.name);
    // What repeats against the specification is kept as a list all the same.
    if (known !== undefined)
      setMember(members, child.name, [...(Array.isArray(known) ? (known as Json[]) : [known]), value]);
    else setMember(members, child.name, isList ? [value] : value);
  }
  return members;
}

function valueOfElement(element: XmlElement, path: string, xml: string): Json {
  if (element.name === "div") return xml.slice(element.start, element.end);
  const [only] = element.children;
  if (RESOURCE_PLACES.has(element.name) && only !== undefined) return resourceOf(only, xml);
  const value = element.attributes.get("value");
  const members = membersOf(element, path, xml);
  if (value === undefined) return members;
  // A primitive with an extension has no place in one JSON value; both are kept together.
  return Object.keys(members).length === 0 ? primitiveOf(element.name, value) : { value, ...members };
}

function primitiveOf(name: string, value: string): Json {
  if (BOOLEANS.has(name) && (value === "true" || value === "false")) return value === "true";
  return NUMBERS.has(name) && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}
