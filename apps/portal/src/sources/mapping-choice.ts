import type { Json } from "@cairn/event";
import type { MappingPreset, SourceKind, SourceSettings } from "../api/source-answers.ts";
import { readJson } from "./mapping/read-json.ts";

/** Which mapping a source has: one that ships, by its name, or one of its own, as JSON text. */
export type MappingChoice =
  | { readonly kind: "preset"; readonly name: string }
  | { readonly kind: "own"; readonly text: string };

/** Tells whether a kind of source may be told a mapping. */
export function hasMapping({ settings }: SourceKind): boolean {
  return settings.properties !== undefined && "definition" in settings.properties;
}

/** Tells whether a source of a kind is told its mapping: where there are several formats, only with the one that wants it. */
export function wantsMapping({ settings }: SourceKind, format: unknown): boolean {
  return settings.properties?.format === undefined || format === "declarative";
}

/** Settings that the choice of a mapping stands for. */
export const MAPPING_SETTINGS: readonly string[] = ["preset", "definition"];

/** The mapping of settings; where they name none, the first that ships. */
export function mappingOf({ preset, definition }: SourceSettings, presets: readonly MappingPreset[]): MappingChoice {
  if (definition !== undefined) return { kind: "own", text: writeDefinition(definition) };
  if (typeof preset === "string") return { kind: "preset", name: preset };
  const [first] = presets;
  return first === undefined ? { kind: "own", text: "" } : { kind: "preset", name: first.name };
}

/** What people call a mapping; undefined while it cannot be read, or says nothing. */
export function titleOf(choice: MappingChoice, presets: readonly MappingPreset[]): string | undefined {
  if (choice.kind === "preset") return presets.find(({ name }) => name === choice.name)?.title;
  const read = readJson(choice.text);
  if (read.kind === "fault" || typeof read.value !== "object" || read.value === null) return undefined;
  const { title, name } = read.value as Readonly<Record<string, Json>>;
  return [title, name].find((each) => typeof each === "string" && each !== "") as string | undefined;
}

/** The settings of a choice; undefined while what was written is no JSON. */
export function settingsOf(choice: MappingChoice): SourceSettings | undefined {
  if (choice.kind === "preset") return { preset: choice.name };
  const read = readJson(choice.text);
  return read.kind === "value" ? { definition: read.value } : undefined;
}

/** Writes a mapping as people read it: what is short stays on one line. */
export function writeDefinition(value: Json, indent = ""): string {
  const whole = JSON.stringify(value);
  if (typeof value !== "object" || value === null || spaced(whole).length + indent.length <= LINE_CHARS)
    return spaced(whole);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const members = value.map((each: Json) => inner + writeDefinition(each, inner));
    return `[\n${members.join(",\n")}\n${indent}]`;
  }
  const members = Object.entries(value).map(
    ([key, each]) => `${inner}${JSON.stringify(key)}: ${writeDefinition(each as Json, inner)}`,
  );
  return indent === "" && members.length === 0 ? "{}" : `{\n${members.join(",\n")}\n${indent}}`;
}

/** Longer values are broken into lines. */
const LINE_CHARS = 72;

/** JSON on one line with room between its parts; texts stay as they are. */
function spaced(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|[,:{}[\]]/g, (part) => {
    if (part === "," || part === ":") return `${part} `;
    return part;
  });
}
