import { CairnError, type Json } from "@cairn/event";
import { checkDefinition, compileDefinition, compileReader, DEFINITION_PRESETS, type InputRule } from "@cairn/sources";
import Type, { type Static } from "typebox";
import type { Reading } from "./kinds.ts";

const PRESETS = DEFINITION_PRESETS.map(({ name }) => name);

/** Settings of a mapping as data. */
export const DECLARATIVE = {
  preset: Type.Optional(Type.Enum(PRESETS, { description: "A definition that ships." })),
  definition: Type.Optional(
    Type.Unsafe<Json>({ type: "object", description: "A definition of your own: docs/sources/mapping.md." }),
  ),
  zone: Type.Optional(
    Type.String({ maxLength: 60, description: "IANA zone of local times, in place of the preset's." }),
  ),
} as const;

const DeclarativeSettings = Type.Object(DECLARATIVE);
/** Which mapping, and in which zone. */
export type DeclarativeSettings = Static<typeof DeclarativeSettings>;

/** Demands that a mapping is named once. @throws CairnError parameter_invalid */
export function demandOneMapping({ preset, definition }: DeclarativeSettings): void {
  if ((preset === undefined) === (definition === undefined))
    throw new CairnError("parameter_invalid", "settings: either `preset` or `definition`");
}

/** Makes the reading of a mapping as data, and tells its input. @throws SourceError definition_invalid, zone_unknown */
export function declarativeReading(
  settings: DeclarativeSettings,
): Pick<Reading, "read" | "mapping"> & { readonly input: InputRule } {
  const { preset, definition: own, zone } = settings;
  const shipped = DEFINITION_PRESETS.find(({ name }) => name === preset);
  const definition = checkDefinition((shipped ?? own ?? null) as Json);
  const zoned = zone === undefined ? definition : { ...definition, zone };
  return { read: compileReader(zoned), mapping: compileDefinition(zoned), input: definition.input };
}
