import type { Json } from "@cairn/event";
import { SelectField, TextField } from "../../shared/form.tsx";
import { t } from "../../texts/texts.ts";
import { editJson } from "./edit-json.ts";
import type { ReadJson } from "./read-json.ts";

interface MappingBasicsProps {
  readonly text: string;
  readonly read: ReadJson;
  readonly onText: (text: string) => void;
}

const FORMATS = ["json", "csv", "lines"] as const;
type Format = (typeof FORMATS)[number];

/** What every mapping says, as fields; they change the text where it says so, and are not there while it is no JSON. */
export function MappingBasics({ text, read, onText }: MappingBasicsProps) {
  if (read.kind === "fault") return null;
  const { name, input } = membersOf(read.value);
  const { format, pattern } = membersOf(input);
  const set = (pointer: string, value: Json) => {
    const edited = editJson(text, pointer, value);
    if (edited !== undefined) onText(edited);
  };
  const known = FORMATS.find((each) => each === format);
  return (
    <div className="mapping-basics">
      <TextField
        label={t.sources.mapping.source}
        hint={t.sources.mapping.sourceHint}
        value={textOf(name)}
        onChange={(value) => set("/name", value)}
      />
      {known !== undefined && (
        <SelectField<Format>
          label={t.sources.mapping.format}
          value={known}
          options={FORMATS.map((each) => [each, t.sources.mapping.formats[each]])}
          onChange={(value) =>
            set("/input", value === "lines" ? { format: value, pattern: "{time} {rest}" } : { format: value })
          }
        />
      )}
      {known === "lines" && (
        <TextField
          label={t.sources.mapping.pattern}
          hint={t.sources.mapping.patternHint}
          value={textOf(pattern)}
          onChange={(value) => set("/input/pattern", value)}
        />
      )}
    </div>
  );
}

function membersOf(value: Json | undefined): Readonly<Record<string, Json>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, Json>>)
    : {};
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
