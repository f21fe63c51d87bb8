import type { Json } from "@cairn/event";
import { asObject, type JsonObject, text } from "../files/json-values.ts";

/** Deeper than anybody nests, and an end to schemas that refer to themselves. */
const MAX_DEPTH = 16;

/**
 * Writes the TypeScript type of what a JSON Schema describes. What a type cannot say (patterns, ranges, lengths) is left
 * out; what is not understood becomes `unknown`, so that the type never refuses what the schema takes.
 */
export function typeOfSchema(schema: Json, root: Json = schema, depth = 0): string {
  if (schema === false) return "never";
  const object = asObject(schema);
  if (object === undefined || depth > MAX_DEPTH) return "unknown";
  const inner = (part: Json): string => typeOfSchema(part, root, depth + 1);
  const reference = text(object.$ref);
  if (reference !== undefined) {
    const target = resolveReference(reference, root);
    return target === undefined ? "unknown" : inner(target);
  }
  if (object.const !== undefined) return literal(object.const);
  if (Array.isArray(object.enum)) return union((object.enum as readonly Json[]).map(literal));
  for (const key of ["anyOf", "oneOf"] as const) {
    const choices = object[key];
    if (Array.isArray(choices)) return union((choices as readonly Json[]).map(inner));
  }
  if (Array.isArray(object.allOf)) return intersection((object.allOf as readonly Json[]).map(inner));
  const { type } = object;
  if (Array.isArray(type)) return union((type as readonly Json[]).map((each) => typeOfKind(each, object, inner)));
  return typeOfKind(type ?? (object.properties === undefined ? undefined : "object"), object, inner);
}

type Inner = (part: Json) => string;

function typeOfKind(kind: Json | undefined, schema: JsonObject, inner: Inner): string {
  switch (kind) {
    case "string":
    case "boolean":
    case "null":
      return kind;
    case "number":
    case "integer":
      return "number";
    case "array":
      return typeOfArray(schema, inner);
    case "object":
      return typeOfObject(schema, inner);
    default:
      return "unknown";
  }
}

function typeOfArray({ items, prefixItems }: JsonObject, inner: Inner): string {
  if (Array.isArray(prefixItems)) {
    const rest = items === false ? "" : `, ...(${items === undefined ? "unknown" : inner(items)})[]`;
    return `readonly [${(prefixItems as readonly Json[]).map(inner).join(", ")}${rest}]`;
  }
  return `readonly (${items === undefined ? "unknown" : inner(items)})[]`;
}

function typeOfObject(schema: JsonObject, inner: Inner): string {
  const properties = asObject(schema.properties) ?? {};
  const required = new Set(Array.isArray(schema.required) ? (schema.required as readonly Json[]) : []);
  const members = Object.entries(properties).map(([name, property]) => {
    const isRequired = required.has(name);
    return `readonly ${propertyName(name)}${isRequired ? "" : "?"}: ${inner(property)}`;
  });
  const { additionalProperties } = schema;
  if (additionalProperties === false)
    return members.length === 0 ? "Record<string, never>" : `{ ${members.join("; ")} }`;
  // An index signature has to take every member's type as well.
  const others = members.length === 0 && additionalProperties !== undefined ? inner(additionalProperties) : "unknown";
  return `{ ${[...members, `readonly [key: string]: ${others}`].join("; ")} }`;
}

function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function literal(value: Json): string {
  return typeof value === "object" && value !== null ? "unknown" : JSON.stringify(value);
}

function union(types: readonly string[]): string {
  if (types.includes("unknown")) return "unknown";
  return types.length === 0 ? "never" : [...new Set(types)].map((type) => `(${type})`).join(" | ");
}

function intersection(types: readonly string[]): string {
  return types.length === 0 ? "unknown" : types.map((type) => `(${type})`).join(" & ");
}

/** Follows a reference within the schema: `#/$defs/page`. */
function resolveReference(reference: string, root: Json): Json | undefined {
  if (!/^#(?:\/|$)/.test(reference)) return undefined;
  let current: Json | undefined = root;
  for (const token of reference.split("/").slice(1)) {
    const name = decodeURIComponent(token).replaceAll("~1", "/").replaceAll("~0", "~");
    const object = asObject(current);
    current = object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
  }
  return current;
}
