import { lazy, Suspense, useState } from "react";
import type { PresetsAnswer } from "../api/source-answers.ts";
import { SelectField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import { readJson } from "./mapping/read-json.ts";
import { type MappingChoice, writeDefinition } from "./mapping-choice.ts";

// Whoever only looks at sources does not wait for the editor.
const MappingEditor = lazy(() => import("./mapping/mapping-editor.tsx"));

interface MappingFieldProps {
  readonly choice: MappingChoice;
  readonly onChoice: (choice: MappingChoice) => void;
  /** Taken in place of the mapping's zone when it is not empty. */
  readonly zone: string;
  readonly shipped: PresetsAnswer;
}

const OWN = " own";

/** Which mapping a source has: one that ships, shown at work, or one of its own, written here. */
export function MappingField({ choice, onChoice, zone, shipped: { presets, schema } }: MappingFieldProps) {
  const preset = choice.kind === "preset" ? presets.find(({ name }) => name === choice.name) : undefined;
  const [sample, setSample] = useState(() => (preset ?? presetLike(choice, presets))?.sample ?? "");
  const [isOwnSample, setOwnSample] = useState(false);
  const choose = (value: string) => {
    const next = presets.find(({ name }) => name === value);
    if (next === undefined) return onChoice({ kind: "own", text: textOf(preset) });
    if (!isOwnSample) setSample(next.sample);
    onChoice({ kind: "preset", name: next.name });
  };
  const definition = choice.kind === "own" ? choice.text : textOf(preset);
  return (
    <div className="mapping-field">
      <div className="mapping-choice">
        <SelectField
          label={t.sources.mapping.title}
          value={choice.kind === "own" ? OWN : choice.name}
          options={[...presets.map(({ name, title }) => [name, title] as const), [OWN, t.sources.mapping.own] as const]}
          onChange={choose}
        />
        {preset !== undefined && (
          <button
            type="button"
            className="button"
            title={t.sources.mapping.changeText}
            onClick={() => onChoice({ kind: "own", text: textOf(preset) })}
          >
            {t.sources.mapping.change}
          </button>
        )}
        <a href="/docs/sources/mapping.md" target="_blank" rel="noreferrer">
          {t.sources.mapping.guide}
        </a>
      </div>
      <Suspense fallback={<p className="quiet">{t.loading}</p>}>
        <MappingEditor
          definition={definition}
          {...(choice.kind === "own" ? { onDefinition: (text: string) => onChoice({ kind: "own", text }) } : {})}
          sample={sample}
          onSample={(text) => {
            setSample(text);
            setOwnSample(true);
          }}
          zone={zone}
          schema={schema}
        />
      </Suspense>
    </div>
  );
}

/** The one that ships of which a mapping is a copy, by its name. */
function presetLike(choice: MappingChoice, presets: PresetsAnswer["presets"]) {
  const read = choice.kind === "own" ? readJson(choice.text) : undefined;
  if (read?.kind !== "value" || typeof read.value !== "object" || read.value === null) return undefined;
  const { name } = read.value as { readonly name?: unknown };
  return presets.find((each) => each.name === name);
}

/** A mapping to begin with: a copy of one that ships, or the least that there can be. */
function textOf(preset: PresetsAnswer["presets"][number] | undefined): string {
  return writeDefinition(preset?.definition ?? LEAST);
}

const LEAST = {
  version: 1,
  name: "my-product",
  input: { format: "json" },
  occurred_at: { from: "/time", time: "rfc3339" },
  fields: { action: { from: "/action", as: "action" }, "actor.id": { from: "/user" } },
};
