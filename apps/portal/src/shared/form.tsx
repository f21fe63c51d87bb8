import { type HTMLInputTypeAttribute, type ReactNode, useId } from "react";
import { problemOf } from "../api/problem.ts";
import { t } from "../texts/texts.ts";
import { dayFromNow } from "./days.ts";
import { mistakeOf } from "./explain-problem.ts";

interface FieldProps {
  readonly label: string;
  /** What may be written, in a sentence. */
  readonly hint?: string | undefined;
  /** What was wrong with what was sent in it, in a sentence. */
  readonly mistake?: string | undefined;
}

interface TextFieldProps extends FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: HTMLInputTypeAttribute;
  readonly isRequired?: boolean;
  readonly autoComplete?: string;
  readonly placeholder?: string;
  readonly minLength?: number;
  readonly min?: string;
  readonly max?: string;
  readonly isReadOnly?: boolean;
  /** Whether it has the focus when it appears: for the one field that somebody came for. */
  readonly isFirst?: boolean;
}

/** A line of text with its name above it. */
export function TextField({ label, hint, mistake, value, onChange, type = "text", ...rest }: TextFieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type={type}
        value={value}
        required={rest.isRequired}
        readOnly={rest.isReadOnly}
        autoComplete={rest.autoComplete ?? "off"}
        autoCapitalize="none"
        spellCheck={false}
        placeholder={rest.placeholder}
        minLength={rest.minLength}
        min={rest.min}
        max={rest.max}
        data-first={rest.isFirst ? "" : undefined}
        // biome-ignore lint/a11y/noAutofocus: it appears because somebody asked for it
        autoFocus={rest.isFirst}
        aria-describedby={described(id, { hint, mistake })}
        aria-invalid={mistake === undefined ? undefined : true}
        onChange={(event) => onChange(event.target.value)}
      />
      <Hint id={id} text={hint} />
      <FieldMistake id={id} text={mistake} />
    </div>
  );
}

interface NewPasswordFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A password that somebody sets. */
export function NewPasswordField(props: NewPasswordFieldProps) {
  const rules = { hint: t.invitation.passwordHint, minLength: 12, autoComplete: "new-password" };
  return <TextField {...props} {...rules} type="password" isRequired />;
}

interface LastDayFieldProps {
  readonly hint?: string;
  /** `2026-11-22`, or empty: it does not end. */
  readonly value: string;
  readonly isRequired?: boolean;
  readonly onChange: (value: string) => void;
}

/** The day on which something ends by itself. */
export function LastDayField(props: LastDayFieldProps) {
  return <TextField {...props} label={t.forms.ends} type="date" min={dayFromNow(0)} />;
}

interface AreaFieldProps extends FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  readonly rows?: number;
}

/** Several lines of text: a value on each. */
export function AreaField({ label, hint, mistake, value, onChange, placeholder, rows = 3 }: AreaFieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        rows={rows}
        value={value}
        spellCheck={false}
        placeholder={placeholder}
        aria-describedby={described(id, { hint, mistake })}
        aria-invalid={mistake === undefined ? undefined : true}
        onChange={(event) => onChange(event.target.value)}
      />
      <Hint id={id} text={hint} />
      <FieldMistake id={id} text={mistake} />
    </div>
  );
}

interface SelectFieldProps<T extends string> extends FieldProps {
  readonly value: T;
  readonly options: readonly (readonly [value: T, label: string])[];
  readonly onChange: (value: T) => void;
}

/** One of a few values. */
export function SelectField<T extends string>({ label, hint, value, options, onChange }: SelectFieldProps<T>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => {
          const chosen = options.find(([each]) => each === event.target.value);
          if (chosen !== undefined) onChange(chosen[0]);
        }}
      >
        {options.map(([each, name]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
      <Hint id={id} text={hint} />
    </div>
  );
}

interface CheckFieldProps extends FieldProps {
  readonly isOn: boolean;
  readonly onChange: (state: "on" | "off") => void;
}

/** Something that is so, or not. */
export function CheckField({ label, hint, isOn, onChange }: CheckFieldProps) {
  return (
    <label className="option">
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.target.checked ? "on" : "off")} />
      <span>
        {label}
        {hint !== undefined && <span className="quiet">{hint}</span>}
      </span>
    </label>
  );
}

function Hint({ id, text }: { readonly id: string; readonly text: string | undefined }) {
  return text === undefined ? null : (
    <p className="quiet field-hint" id={`${id}-hint`}>
      {text}
    </p>
  );
}

function FieldMistake({ id, text }: { readonly id: string; readonly text: string | undefined }) {
  return text === undefined ? null : (
    <p className="mistake" id={`${id}-mistake`} role="alert">
      {text}
    </p>
  );
}

/** Ids of what says more about a field. */
function described(id: string, { hint, mistake }: Pick<FieldProps, "hint" | "mistake">): string | undefined {
  const parts = [...(mistake === undefined ? [] : [`${id}-mistake`]), ...(hint === undefined ? [] : [`${id}-hint`])];
  return parts.length === 0 ? undefined : parts.join(" ");
}

/** What was wrong with what was sent, if something was. */
export function Mistake({ error }: { readonly error: Error | null }) {
  const problem = error === null ? undefined : problemOf(error);
  return problem === undefined ? null : (
    <p className="mistake" role="alert">
      {mistakeOf(problem)}
    </p>
  );
}

interface FormProps {
  readonly onSubmit: () => void;
  /** What went wrong when it was sent last. */
  readonly error?: Error | null;
  readonly submit: string;
  readonly isBusy: boolean;
  /** More buttons beside the first one. */
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

/** Fields, what was wrong with them, and the button that sends them. */
export function Form({ onSubmit, error = null, submit, isBusy, tools, children }: FormProps) {
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      <Mistake error={error} />
      <p className="notice-actions">
        <button type="submit" className="button primary" disabled={isBusy}>
          {submit}
        </button>
        {tools}
      </p>
    </form>
  );
}
