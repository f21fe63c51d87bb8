import { type ReactNode, useState } from "react";
import type { PresetsAnswer, SourceKind, SourceSettings } from "../api/source-answers.ts";
import { Form, TextField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import { hasMapping, MAPPING_SETTINGS, mappingOf, settingsOf, titleOf, wantsMapping } from "./mapping-choice.ts";
import { MappingField } from "./mapping-field.tsx";
import { fieldValues, readSettings, type SettingField, settingFields } from "./setting-fields.ts";
import { SettingInput, settingName } from "./setting-input.tsx";

/** What somebody filled in. */
export interface SourceDraft {
  readonly name: string;
  readonly settings: SourceSettings;
  /** Those that were given; the others stay as they are. */
  readonly secrets: Readonly<Record<string, string>>;
}

interface SourceFormProps {
  readonly kind: SourceKind;
  readonly shipped: PresetsAnswer;
  /** What it is now; undefined for a source that is being set up. */
  readonly known: Pick<SourceDraft, "name" | "settings"> | undefined;
  readonly submit: string;
  readonly isBusy: boolean;
  readonly error: Error | null;
  readonly onSubmit: (draft: SourceDraft) => void;
  readonly tools?: ReactNode;
}

/** What a kind of source wants to be told: made from the kind's own schema, so that a kind that is new needs no page. */
export function SourceForm({ kind, shipped, known, onSubmit, ...form }: SourceFormProps) {
  const mayBeMapped = hasMapping(kind);
  const fields = settingFields(kind).filter(({ name }) => !mayBeMapped || !MAPPING_SETTINGS.includes(name));
  // What somebody else would call it, until they say something else.
  const [named, setName] = useState(known?.name);
  const [values, setValues] = useState(() => fieldValues(fields, known?.settings ?? {}));
  const [secrets, setSecrets] = useState<Readonly<Record<string, string>>>({});
  const [mapping, setMapping] = useState(() => mappingOf(known?.settings ?? {}, shipped.presets));
  const isMapped = mayBeMapped && wantsMapping(kind, values.format);
  const title = isMapped ? titleOf(mapping, shipped.presets) : kind.title;
  const [suggested, setSuggested] = useState(title);
  if (title !== undefined && title !== suggested) setSuggested(title);
  const name = named ?? suggested ?? kind.title;
  const [wrong, setWrong] = useState<string>();
  const submit = () => {
    const read = readSettings(fields, values);
    const mapped = isMapped ? settingsOf(mapping) : {};
    setWrong(read.kind === "wrong" ? read.field : undefined);
    // What is wrong with a mapping stands below its line already.
    if (read.kind === "wrong" || mapped === undefined) return;
    const given = Object.entries(secrets).filter(([, value]) => value !== "");
    onSubmit({ name: name.trim(), settings: { ...read.settings, ...mapped }, secrets: Object.fromEntries(given) });
  };
  const input = (field: SettingField) => (
    <SettingInput
      key={field.name}
      field={field}
      value={values[field.name] ?? ""}
      onChange={(value) => setValues({ ...values, [field.name]: value })}
      isKnown={known !== undefined}
      mistake={wrong === field.name ? t.sources.notJson : undefined}
      more={field.name === "port" && kind.ports ? t.sources.ports(kind.ports.first, kind.ports.last) : undefined}
    />
  );
  const more = fields.filter(({ isRequired }) => !isRequired);
  return (
    <Form {...form} onSubmit={submit}>
      <div className="source-fields">
        <TextField
          label={t.sources.name}
          hint={known === undefined ? t.sources.nameHint : undefined}
          value={name}
          isRequired
          isFirst={known === undefined}
          onChange={setName}
        />
        {fields.filter(({ isRequired }) => isRequired).map(input)}
        {kind.secrets.map((secret) => (
          <TextField
            key={secret}
            label={settingName(secret)}
            hint={known === undefined ? t.sources.secretNew : t.sources.secretKept}
            type="password"
            value={secrets[secret] ?? ""}
            isRequired={known === undefined}
            autoComplete="new-password"
            onChange={(value) => setSecrets({ ...secrets, [secret]: value })}
          />
        ))}
      </div>
      {isMapped && (
        <MappingField
          choice={mapping}
          onChoice={setMapping}
          zone={typeof values.zone === "string" ? values.zone : ""}
          shipped={shipped}
        />
      )}
      {more.length > 0 && (
        <details className="page-more" open={wrong !== undefined || undefined}>
          <summary>{t.sources.more}</summary>
          <div className="source-fields">{more.map(input)}</div>
        </details>
      )}
    </Form>
  );
}
