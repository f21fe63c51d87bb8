import type { Json } from "@cairn/event";
import type { Completion } from "../../query/completion.ts";
import { cursorContext } from "./cursor-context.ts";
import type { Stretch } from "./json-tokens.ts";
import { alternatives, memberShape, type Shape, shapesAt } from "./schema-at.ts";

/** What is known besides the schema. */
export interface KnownNames {
  /** JSON Pointers that lead to something in the sample. */
  readonly pointers: readonly string[];
  /** Names of the mapping's tables. */
  readonly tables: readonly string[];
}

/** What could stand at the cursor. */
export interface JsonCompletions {
  readonly options: readonly Completion[];
  readonly place: Stretch;
}

/** Options shown: as many as somebody reads. */
const MAX_OPTIONS = 40;
const NOTHING: JsonCompletions = { options: [], place: { from: 0, to: 0 } };

/**
 * Offers what the schema lets stand at the cursor. In an option's `insert`, `‸` marks where the cursor goes.
 */
export function completeJson(text: string, cursor: number, schema: Shape, known: KnownNames): JsonCompletions {
  const context = cursorContext(text, cursor);
  if (context === undefined) return NOTHING;
  const { at, path, names, written, place, isNamed } = context;
  const shapes = shapesAt(schema, path);
  const all =
    at === "name"
      ? memberOptions(shapes, { names, isNamed, schema })
      : shapes.flatMap((shape) => valueOptions(shape, { schema, known }));
  const options = unique(all).filter(({ label }) => isMeant(label, written));
  return { options: options.slice(0, MAX_OPTIONS), place };
}

interface Members {
  readonly names: readonly string[];
  /** Whether the colon and a value are there already. */
  readonly isNamed: boolean;
  readonly schema: Shape;
}

function memberOptions(shapes: readonly Shape[], { names, isNamed, schema }: Members): readonly Completion[] {
  // Of several alternatives only those count that may have what is there.
  const fitting = shapes.filter((shape) => names.every((name) => memberShape(shape, name) !== undefined));
  return fitting.flatMap((shape) => {
    const { properties = {}, propertyNames, required = [] } = shape;
    const offered = [...Object.keys(properties), ...(propertyNames?.enum ?? [])].filter(
      (name) => !names.includes(name),
    );
    return offered.map((name) => {
      const inner = memberShape(shape, name);
      const first = inner === undefined ? undefined : alternatives(inner, schema)[0];
      const rest = isNamed ? "‸" : `: ${first === undefined ? "‸" : stubOf(first)}`;
      return {
        ...{ label: name, insert: `${JSON.stringify(name)}${rest}` },
        detail: required.includes(name) ? "*" : "",
      };
    });
  });
}

interface Values {
  readonly schema: Shape;
  readonly known: KnownNames;
}

function valueOptions(shape: Shape, { schema, known }: Values): readonly Completion[] {
  const plain = (value: Json): Completion => {
    const label = typeof value === "string" ? value : JSON.stringify(value);
    return { label, insert: `${JSON.stringify(value)}‸`, detail: "" };
  };
  if (shape.const !== undefined) return [plain(shape.const)];
  if (shape.enum !== undefined) return shape.enum.map(plain);
  if (shape.type === "string") {
    if (shape.description === "a JSON Pointer") return known.pointers.map(plain);
    return shape.description === "the name of a table" ? known.tables.map(plain) : [];
  }
  if (shape.type !== "object" && shape.type !== "array") return [];
  const insert = stubOf(shape, schema);
  return [{ label: insert.replace("‸", ""), insert, detail: "" }];
}

/** How a value of a shape begins. */
function stubOf(shape: Shape, schema?: Shape): string {
  if (shape.const !== undefined) return `${JSON.stringify(shape.const)}‸`;
  if (shape.type === "array") return "[‸]";
  if (shape.type === "string" || shape.enum !== undefined) return '"‸"';
  if (shape.type !== "object") return "‸";
  const [first] = shape.required ?? [];
  const inner = first === undefined ? undefined : memberShape(shape, first);
  if (first === undefined || inner === undefined || schema === undefined) return "{‸}";
  const begun = alternatives(inner, schema)[0];
  return `{ ${JSON.stringify(first)}: ${begun === undefined ? "‸" : stubOf(begun)} }`;
}

function unique(options: readonly Completion[]): readonly Completion[] {
  return [...new Map(options.map((option) => [option.label, option])).values()];
}

function isMeant(label: string, written: string): boolean {
  return written === "" || label.toLowerCase().includes(written.toLowerCase());
}
