import type { Json } from "@cairn/event";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Mistake } from "../../shared/form.tsx";
import { t } from "../../texts/texts.ts";
import { CodeField, goTo } from "./code-field.tsx";
import { completeJson, type KnownNames } from "./json-completion.ts";
import { MappingBasics } from "./mapping-basics.tsx";
import { PreviewItems } from "./preview-items.tsx";
import type { ReadJson } from "./read-json.ts";
import { pointersOf, type Shape } from "./schema-at.ts";
import { stretchOfPointer } from "./text-fault.ts";
import { type Preview, usePreview } from "./use-preview.ts";

interface MappingEditorProps {
  /** The mapping as JSON text. */
  readonly definition: string;
  /** Absent for a mapping that ships: it is shown at work, and not changed. */
  readonly onDefinition?: (text: string) => void;
  readonly sample: string;
  readonly onSample: (text: string) => void;
  /** Taken in place of the mapping's zone when it is not empty. */
  readonly zone: string;
  /** JSON Schema of mappings. */
  readonly schema: Json;
}

/** A mapping beside a pasted sample and the events that come of it, all of it while it is being written. */
export default function MappingEditor(props: MappingEditorProps) {
  const { definition, onDefinition, sample, onSample, zone } = props;
  const preview = usePreview({ definition, sample, zone });
  const definitionField = useRef<HTMLTextAreaElement>(null);
  const sampleField = useRef<HTMLTextAreaElement>(null);
  const known = useKnownNames(preview);
  const latest = useRef({ read: preview.read, definition });
  useEffect(() => {
    latest.current = { read: preview.read, definition };
  });
  const showRule = useCallback((pointer: string) => {
    const { read, definition: text } = latest.current;
    if (read.kind === "value") goTo(definitionField.current, stretchOfPointer(read.places, text, pointer));
  }, []);
  return (
    <div className={`mapping${onDefinition === undefined ? "" : " is-edited"}`}>
      <div className="mapping-written">
        {onDefinition !== undefined && <MappingBasics text={definition} read={preview.read} onText={onDefinition} />}
        {onDefinition !== undefined && (
          <CodeField
            label={t.sources.mapping.definition}
            hint={t.sources.mapping.definitionHint}
            text={definition}
            onText={onDefinition}
            colours="json"
            fault={preview.definitionFault}
            field={definitionField}
            complete={(text, cursor) => completeJson(text, cursor, props.schema as Shape, known)}
            state={<DefinitionState preview={preview} />}
          />
        )}
        <CodeField
          label={t.sources.mapping.sample}
          hint={t.sources.mapping.sampleHint}
          text={sample}
          onText={onSample}
          colours="none"
          fault={preview.sampleFault}
          field={sampleField}
        />
      </div>
      <section className="mapping-events" aria-label={t.sources.mapping.events} aria-busy={preview.isBusy}>
        <h3>{t.sources.mapping.events}</h3>
        <Mistake error={preview.error} />
        {preview.state === "stale" && !preview.isBusy && <p className="quiet">{t.sources.mapping.stale}</p>}
        {preview.items.length === 0 && (
          <p className="quiet">
            {sample.trim() === ""
              ? t.sources.mapping.noSample
              : preview.isBusy
                ? t.sources.mapping.pending
                : t.sources.mapping.nothing}
          </p>
        )}
        <PreviewItems items={preview.items} {...(onDefinition === undefined ? {} : { onRule: showRule })} />
      </section>
    </div>
  );
}

function DefinitionState({ preview }: { readonly preview: Preview }) {
  if (preview.isBusy) {
    // Not read aloud at each letter.
    return (
      <span className="quiet" aria-hidden="true">
        {t.sources.mapping.updating}
      </span>
    );
  }
  return preview.state === "fresh" ? <span className="quiet">{t.sources.mapping.fine}</span> : null;
}

/** What a mapping can refer to: parts of the sample's records, and its own tables, also while it is being written wrong. */
function useKnownNames({ items, read }: Preview): KnownNames {
  const tables = useLastTables(read);
  return useMemo(() => {
    const records = items.flatMap((item) => (item.kind === "refused" ? [] : [item.record]));
    return { pointers: [...new Set(records.slice(0, RECORDS).flatMap((record) => pointersOf(record)))], tables };
  }, [items, tables]);
}

/** Records whose parts are offered: the others seldom have more. */
const RECORDS = 10;

/** Names of tables as they were when the mapping could last be read. */
function useLastTables(read: ReadJson): readonly string[] {
  const [tables, setTables] = useState<readonly string[]>([]);
  const now = read.kind === "value" ? tablesOf(read.value) : tables;
  if (now.join("\n") !== tables.join("\n")) setTables(now);
  return tables;
}

function tablesOf(definition: Json): readonly string[] {
  if (typeof definition !== "object" || definition === null || Array.isArray(definition)) return [];
  const { tables } = definition as Readonly<Record<string, Json>>;
  return typeof tables === "object" && tables !== null ? Object.keys(tables) : [];
}
