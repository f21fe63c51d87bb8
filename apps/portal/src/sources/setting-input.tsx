import { AreaField, CheckField, SelectField, TextField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import type { FieldValue, SettingField } from "./setting-fields.ts";

interface SettingInputProps {
  readonly field: SettingField;
  readonly value: FieldValue;
  readonly onChange: (value: FieldValue) => void;
  /** Whether the source is there already: then some settings stay as they are. */
  readonly isKnown: boolean;
  readonly mistake: string | undefined;
  /** What is to be said about it in this place only. */
  readonly more: string | undefined;
}

/** The field of one setting. */
export function SettingInput({ field, value, onChange, isKnown, mistake, more }: SettingInputProps) {
  const { name, how, isRequired } = field;
  const isReadOnly = isKnown && field.isFixed;
  const label = how.input === "moment" ? `${settingName(name)} (${t.sources.utc})` : settingName(name);
  const hint = isReadOnly ? t.sources.fixed : (more ?? t.sources.settingHints[name] ?? field.description);
  const placeholder = t.sources.settingExamples[name];
  const text = typeof value === "string" ? value : "";
  const shared = { label, hint, mistake, onChange, ...(placeholder === undefined ? {} : { placeholder }) };
  // A list of choices cannot be shown without letting one choose.
  if (isReadOnly && how.input === "choice") return <TextField {...shared} value={text} isReadOnly />;
  switch (how.input) {
    case "check":
      return (
        <CheckField label={label} hint={hint} isOn={value === true} onChange={(state) => onChange(state === "on")} />
      );
    case "choice":
      return (
        <SelectField
          label={label}
          hint={hint}
          value={text}
          options={[
            ...(isRequired ? [] : [["", t.sources.usual] as const]),
            ...how.values.map((each) => [each, each] as const),
          ]}
          onChange={onChange}
        />
      );
    case "choices":
      return (
        <fieldset className="field">
          <legend>{label}</legend>
          {how.values.map((each) => (
            <CheckField
              key={each}
              label={each}
              isOn={Array.isArray(value) && value.includes(each)}
              onChange={(state) =>
                onChange(how.values.filter((one) => (one === each ? state === "on" : has(value, one))))
              }
            />
          ))}
          {hint !== undefined && <p className="quiet field-hint">{hint}</p>}
        </fieldset>
      );
    case "number": {
      const { min, max } = how;
      return (
        <TextField
          {...shared}
          type="number"
          value={text}
          isRequired={isRequired}
          isReadOnly={isReadOnly}
          {...(min === undefined ? {} : { min: String(min) })}
          {...(max === undefined ? {} : { max: String(max) })}
        />
      );
    }
    case "moment":
      return (
        <TextField {...shared} type="datetime-local" value={text} isRequired={isRequired} isReadOnly={isReadOnly} />
      );
    case "lines":
    case "json":
      return <AreaField {...shared} value={text} />;
    case "text":
      if (how.isLong) return <AreaField {...shared} value={text} rows={4} />;
      return (
        <TextField
          {...shared}
          type={how.isAddress ? "url" : "text"}
          value={text}
          isRequired={isRequired}
          isReadOnly={isReadOnly}
        />
      );
  }
}

function has(value: FieldValue, one: string): boolean {
  return Array.isArray(value) && value.includes(one);
}

/** What a setting or a secret is called; one that this page does not know by its own name. */
export function settingName(name: string): string {
  const words = name.replaceAll("_", " ");
  return t.sources.settingNames[name] ?? words.charAt(0).toUpperCase() + words.slice(1);
}
