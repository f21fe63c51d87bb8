import { decodeText, fhirXmlToJson, type JsonObject, parseLossless, SourceError } from "@cairn/sources";
import { asObject } from "../json-member.ts";

/** Reads a resource in JSON or XML. @throws SourceError */
export function readResource(body: Uint8Array): JsonObject {
  const text = decodeText(body).replace(/^\ufeff/, "");
  if (text.trimStart().startsWith("<")) return fhirXmlToJson(text);
  const resource = asObject(parseLossless(text));
  if (resource === undefined) throw new SourceError("not_an_object", "a resource is a JSON object");
  return resource;
}
