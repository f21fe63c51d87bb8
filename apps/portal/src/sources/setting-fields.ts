import type { Json } from "@cairn/event";
import type { SettingShape, SourceKind, SourceSettings } from "../api/source-answers.ts";

/** How a setting is asked for. */
export type SettingInput =
  | { readonly input: "text"; readonly isLong: boolean; readonly isAddress: boolean }
  | { readonly input: "number"; readonly min: number | undefined; readonly max: number | undefined }
  | { readonly input: "check" }
  | { readonly input: "choice"; readonly values: readonly string[] }
  | { readonly input: "choices"; readonly values: readonly string[] }
  /** A moment, written and read in UTC. */
  | { readonly input: "moment" }
  /** Texts, one on each line. */
  | { readonly input: "lines" }
  /** Whatever this page knows no field for. */
  | { readonly input: "json" };

/** One setting of a kind of source. */
export interface SettingField {
  readonly name: string;
  readonly isRequired: boolean;
  /** Whether it stays as it is once the source is set up. */
  readonly isFixed: boolean;
  /** What the server says about it, without marks. */
  readonly description: string | undefined;
  readonly how: SettingInput;
  readonly usual: Json | undefined;
}

/** What stands in a field. */
export type FieldValue = string | boolean | readonly string[];
export type FieldValues = Readonly<Record<string, FieldValue>>;

/** Longer texts get several lines. */
const LONG_CHARS = 1_000;

/** The settings of a kind, those that must be given first. */
export function settingFields({ settings, fixed }: Pick<SourceKind, "settings" | "fixed">): readonly SettingField[] {
  const fields = Object.entries(settings.properties ?? {}).map(([name, shape]) => ({
    ...{ name, isRequired: settings.required?.includes(name) === true, isFixed: fixed.includes(name) },
    description: shape.description?.replaceAll("`", ""),
    how: inputOf(shape),
    usual: shape.default,
  }));
  return fields.toSorted((a, b) => Number(b.isRequired) - Number(a.isRequired));
}

function inputOf(shape: SettingShape): SettingInput {
  const values = valuesOf(shape);
  if (values !== undefined) return { input: "choice", values };
  switch (shape.type) {
    case "boolean":
      return { input: "check" };
    case "integer":
    case "number":
      return { input: "number", min: shape.minimum, max: shape.maximum };
    case "array": {
      const members = shape.items === undefined ? undefined : valuesOf(shape.items);
      if (members !== undefined) return { input: "choices", values: members };
      return shape.items?.type === "string" ? { input: "lines" } : { input: "json" };
    }
    case "string":
      if (isMoment(shape)) return { input: "moment" };
      return {
        input: "text",
        isLong: (shape.maxLength ?? 0) > LONG_CHARS,
        isAddress: shape.pattern?.startsWith("^https") === true,
      };
    default:
      return { input: "json" };
  }
}

/** The texts that may stand there and no others, whichever way the schema says so. */
function valuesOf({ enum: listed, anyOf }: SettingShape): readonly string[] | undefined {
  const all = listed ?? anyOf?.map(({ const: value }) => value ?? null);
  if (all === undefined || !all.every((value) => typeof value === "string")) return undefined;
  return all;
}

function isMoment({ pattern = "" }: SettingShape): boolean {
  return pattern.startsWith("^\\d{4}-\\d\\d-\\d\\dT");
}

/** What stands in the fields at first: the settings of a source, or what is usual. */
export function fieldValues(fields: readonly SettingField[], settings: SourceSettings): FieldValues {
  return Object.fromEntries(
    fields.map((field) => [field.name, fieldValue(field, settings[field.name] ?? field.usual)]),
  );
}

function fieldValue({ how, isRequired }: SettingField, value: Json | undefined): FieldValue {
  switch (how.input) {
    case "check":
      return value === true;
    case "choices":
      return Array.isArray(value) ? value.map(String) : [];
    case "choice":
      return value === undefined ? (isRequired ? (how.values[0] ?? "") : "") : String(value);
    case "lines":
      return Array.isArray(value) ? value.map(String).join("\n") : "";
    case "moment":
      return typeof value === "string" ? localOf(value) : "";
    case "json":
      return value === undefined ? "" : JSON.stringify(value, null, 2);
    default:
      return value === undefined || value === null ? "" : String(value);
  }
}

/** Settings made of what stands in the fields, or the first field that cannot be read. */
export type ReadSettings =
  | { readonly kind: "settings"; readonly settings: SourceSettings }
  | { readonly kind: "wrong"; readonly field: string };

/** Reads the fields; what is empty is not said. */
export function readSettings(fields: readonly SettingField[], values: FieldValues): ReadSettings {
  const settings: Record<string, Json> = {};
  for (const { name, how } of fields) {
    const value = values[name];
    if (value === undefined || value === "" || value === false || (Array.isArray(value) && value.length === 0))
      continue;
    const read = settingOf(how, value);
    if (read === undefined) return { kind: "wrong", field: name };
    settings[name] = read;
  }
  return { kind: "settings", settings };
}

function settingOf({ input }: SettingInput, value: FieldValue): Json | undefined {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string") return [...value];
  switch (input) {
    case "number":
      return Number.isFinite(Number(value)) ? Number(value) : undefined;
    case "moment":
      return momentOf(value);
    case "lines":
      return value
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "");
    case "json":
      try {
        return JSON.parse(value) as Json;
      } catch {
        return undefined;
      }
    default:
      return value.trim();
  }
}

/** `2026-03-04T05:06` in UTC, as a field for a moment holds it; empty for what is no moment. */
function localOf(moment: string): string {
  const ms = Date.parse(moment);
  return Number.isNaN(ms) ? "" : new Date(ms).toISOString().slice(0, 16);
}

function momentOf(local: string): string | undefined {
  const ms = Date.parse(`${local}Z`);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
