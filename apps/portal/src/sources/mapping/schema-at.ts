import { escapePointerToken, type Json } from "@cairn/event";

/** The part of JSON Schema that the schema of mappings uses. */
export interface Shape {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly const?: Json;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly propertyNames?: { readonly enum?: readonly string[] };
  readonly additionalProperties?: false | Shape;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Shape>>;
}

/** What may stand at a place: every alternative by itself. */
export function shapesAt(root: Shape, path: readonly (string | number)[]): readonly Shape[] {
  let shapes = alternatives(root, root);
  for (const step of path) {
    shapes = shapes.flatMap((shape) => {
      const inner = typeof step === "number" ? shape.items : memberShape(shape, step);
      return inner === undefined ? [] : alternatives(inner, root);
    });
  }
  return shapes;
}

/** The shape of a member of an object by its name. */
export function memberShape({ properties, additionalProperties }: Shape, name: string): Shape | undefined {
  if (properties !== undefined && Object.hasOwn(properties, name)) return properties[name];
  return additionalProperties === false ? undefined : additionalProperties;
}

/** Resolves references, and takes alternatives apart. */
export function alternatives(shape: Shape, root: Shape): readonly Shape[] {
  if (shape.$ref !== undefined) {
    const target = root.$defs?.[shape.$ref.replace("#/$defs/", "")];
    return target === undefined ? [] : alternatives(target, root);
  }
  return shape.anyOf === undefined ? [shape] : shape.anyOf.flatMap((each) => alternatives(each, root));
}

/** Pointers of all values of a record that are no objects or lists, and of the lists and objects themselves. */
export function pointersOf(record: Json, pointer = ""): readonly string[] {
  if (typeof record !== "object" || record === null) return [pointer];
  const inner = Object.entries(record).flatMap(([key, value]) =>
    pointersOf(value as Json, `${pointer}/${escapePointerToken(key)}`),
  );
  return pointer === "" ? inner : [pointer, ...inner];
}
