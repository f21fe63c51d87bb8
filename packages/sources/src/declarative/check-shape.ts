import type { Json } from "@cairn/event";
import { asObject, type JsonObject } from "../core/json-values.ts";
import { pointerTo } from "../core/leftovers.ts";
import { SourceError } from "../core/source-error.ts";

/** The part of JSON Schema (2020-12) that the schema of definitions uses. */
export interface Shape {
  readonly type?: "object" | "array" | "string" | "integer";
  readonly enum?: readonly string[];
  readonly const?: Json;
  readonly description?: string;
  readonly properties?: { readonly [key: string]: Shape };
  readonly required?: readonly string[];
  readonly propertyNames?: { readonly enum?: readonly string[]; readonly maxLength?: number };
  readonly additionalProperties?: false | Shape;
  readonly maxProperties?: number;
  readonly items?: Shape;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly anyOf?: readonly Shape[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly $ref?: string;
}

/** A schema with shapes of its own to refer to. */
export interface RootShape extends Shape {
  readonly $schema: string;
  readonly $id: string;
  readonly title: string;
  readonly $defs: { readonly [name: string]: Shape };
}

interface Fault {
  readonly pointer: string;
  readonly message: string;
}

const MAX_DEPTH = 24;

/**
 * Holds a value against a schema.
 * @throws SourceError definition_invalid with the pointer of the first fault
 */
export function checkShape(value: Json, root: RootShape): void {
  const fault = faultOf(value, root, "", { root, depth: 0 });
  if (fault !== undefined) throw new SourceError("definition_invalid", fault.message, { pointer: fault.pointer });
}

interface Check {
  readonly root: RootShape;
  readonly depth: number;
}

function faultOf(value: Json, shape: Shape, pointer: string, check: Check): Fault | undefined {
  if (check.depth > MAX_DEPTH) return { pointer, message: "nested too deep" };
  const inner = { root: check.root, depth: check.depth + 1 };
  if (shape.$ref !== undefined) {
    const target = check.root.$defs[shape.$ref.replace("#/$defs/", "")];
    return target === undefined ? undefined : faultOf(value, target, pointer, inner);
  }
  if (shape.anyOf !== undefined) return alternativeFault(value, shape.anyOf, pointer, inner);
  if (shape.const !== undefined && value !== shape.const) {
    return { pointer, message: `expected ${JSON.stringify(shape.const)}` };
  }
  if (shape.enum !== undefined && !shape.enum.includes(value as string)) {
    return { pointer, message: `expected one of ${shape.enum.join(", ")}` };
  }
  switch (shape.type) {
    case "string":
      return textFault(value, shape, pointer);
    case "integer":
      return Number.isSafeInteger(value) ? undefined : { pointer, message: "expected a whole number" };
    case "array":
      return listFault(value, shape, pointer, inner);
    case "object":
      return objectFault(value, shape, pointer, inner);
    default:
      return undefined;
  }
}

function textFault(value: Json, shape: Shape, pointer: string): Fault | undefined {
  if (typeof value !== "string") return { pointer, message: "expected a text" };
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern } = shape;
  const length = [...value].length;
  if (length < minLength) return { pointer, message: "must not be empty" };
  if (length > maxLength) return { pointer, message: `longer than ${maxLength} characters` };
  if (pattern !== undefined && !new RegExp(pattern, "u").test(value)) {
    return { pointer, message: `${JSON.stringify(value.slice(0, 60))} is not ${shape.description ?? pattern}` };
  }
  return undefined;
}

function listFault(value: Json, shape: Shape, pointer: string, check: Check): Fault | undefined {
  if (!Array.isArray(value)) return { pointer, message: "expected a list" };
  if (value.length < (shape.minItems ?? 0)) return { pointer, message: "must not be empty" };
  if (value.length > (shape.maxItems ?? Number.POSITIVE_INFINITY)) {
    return { pointer, message: `more than ${shape.maxItems} members` };
  }
  const { items } = shape;
  if (items === undefined) return undefined;
  for (const [i, item] of (value as readonly Json[]).entries()) {
    const fault = faultOf(item, items, pointerTo(pointer, i), check);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function objectFault(value: Json, shape: Shape, pointer: string, check: Check): Fault | undefined {
  const object = asObject(value);
  if (object === undefined) return { pointer, message: "expected an object" };
  const missing = shape.required?.find((key) => !Object.hasOwn(object, key));
  if (missing !== undefined) return { pointer, message: `\`${missing}\` is missing` };
  const keys = Object.keys(object);
  if (keys.length > (shape.maxProperties ?? Number.POSITIVE_INFINITY)) {
    return { pointer, message: `more than ${shape.maxProperties} members` };
  }
  for (const key of keys) {
    const fault = memberFault(object, key, shape, { pointer, check });
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function memberFault(
  object: JsonObject,
  key: string,
  shape: Shape,
  { pointer, check }: { readonly pointer: string; readonly check: Check },
): Fault | undefined {
  const at = pointerTo(pointer, key);
  const names = shape.propertyNames;
  if (names?.enum !== undefined && !names.enum.includes(key)) {
    return { pointer: at, message: `\`${key.slice(0, 60)}\` is not one of ${names.enum.join(", ")}` };
  }
  if ([...key].length > (names?.maxLength ?? Number.POSITIVE_INFINITY)) {
    return { pointer, message: `a key is longer than ${names?.maxLength} characters` };
  }
  const known =
    shape.properties !== undefined && Object.hasOwn(shape.properties, key) ? shape.properties[key] : undefined;
  const each = known ?? shape.additionalProperties;
  if (each === false) return { pointer: at, message: `\`${key.slice(0, 60)}\` is not known here` };
  return each === undefined ? undefined : faultOf(object[key] as Json, each, at, check);
}

/** Of several faulty alternatives the one counts that its constant members name, else whose required members are there. */
function alternativeFault(value: Json, shapes: readonly Shape[], pointer: string, check: Check): Fault | undefined {
  let best: Fault | undefined;
  let named: Fault | undefined;
  for (const shape of shapes) {
    const fault = faultOf(value, shape, pointer, check);
    if (fault === undefined) return undefined;
    if (isNamed(value, shape)) named ??= fault;
    if (isMeant(value, shape, check.root)) best ??= fault;
  }
  return (
    named ?? best ?? { pointer, message: `expected ${shapes.map((shape) => nameOf(shape, check.root)).join(" or ")}` }
  );
}

function resolved(shape: Shape, root: RootShape): Shape {
  return shape.$ref === undefined ? shape : (root.$defs[shape.$ref.replace("#/$defs/", "")] ?? shape);
}

function isNamed(value: Json, { properties = {} }: Shape): boolean {
  const object = asObject(value);
  return Object.entries(properties).some(([key, { const: name }]) => name !== undefined && object?.[key] === name);
}

function isMeant(value: Json, given: Shape, root: RootShape): boolean {
  const shape = resolved(given, root);
  const object = asObject(value);
  if (object !== undefined)
    return shape.type === "object" && (shape.required ?? []).every((key) => Object.hasOwn(object, key));
  return Array.isArray(value) ? shape.type === "array" : typeof value === shape.type;
}

function nameOf(given: Shape, root: RootShape): string {
  const shape = resolved(given, root);
  const { required } = shape;
  if (required !== undefined) return `an object with ${required.map((key) => `\`${key}\``).join(" and ")}`;
  return (
    shape.description ??
    (shape.type === "string" ? "a text" : shape.type === "array" ? "a list" : `${shape.type ?? "a value"}`)
  );
}
