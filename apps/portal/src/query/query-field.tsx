import { type KeyboardEvent, type ReactNode, type RefObject, useId, useState } from "react";
import type { Problem } from "../api/problem.ts";
import { sentence } from "../shared/explain-problem.ts";
import { t } from "../texts/texts.ts";
import type { Bounds } from "../view/range.ts";
import { CompletionMenu } from "./completion-menu.tsx";
import { FaultMark, QueryColours } from "./query-layers.tsx";
import { useCompletions } from "./use-completions.ts";

interface QueryFieldProps {
  readonly id: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly placeholder: string;
  readonly bounds: Bounds;
  /** What is wrong with the text, if something is. */
  readonly fault: Extract<Problem, { readonly kind: "refused" }> | undefined;
  readonly input: RefObject<HTMLInputElement | null>;
  /** A query that was asked before, and is chosen to be asked again; without it none is offered. */
  readonly onPast?: (query: string) => void;
  /** What a text below the field is called that describes it. */
  readonly describedBy?: string;
  /** What stands before and after the field, on the same line. */
  readonly before?: ReactNode;
  readonly after?: ReactNode;
}

/** A field for a query, coloured as it is understood, with what could be written next, and what is wrong where it is wrong. */
export function QueryField(props: QueryFieldProps) {
  const { id, text, onText, bounds, fault, input, onPast } = props;
  const [cursor, setCursor] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const [picked, setPicked] = useState(-1);
  const listId = useId();
  const { options: all, from, to, kind } = useCompletions(text, cursor, bounds, isOpen);
  const isPast = (insert: string) => kind === "history" && !/[:.]$/.test(insert);
  const options = onPast === undefined ? all.filter(({ insert }) => !isPast(insert)) : all;
  const isListed = isOpen && options.length > 0;
  const close = () => {
    setOpen(false);
    setPicked(-1);
  };
  const accept = (index: number) => {
    const option = options[index];
    if (option === undefined) return;
    if (isPast(option.insert)) {
      close();
      return onPast?.(option.insert);
    }
    const rest = text.slice(to);
    const insert = option.insert.endsWith(" ") && /^[\s)]/.test(rest) ? option.insert.trimEnd() : option.insert;
    const at = from + insert.length;
    onText(`${text.slice(0, from)}${insert}${rest}`);
    setCursor(at);
    setPicked(-1);
    requestAnimationFrame(() => input.current?.setSelectionRange(at, at));
    setOpen(/[:.]$/.test(insert));
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isListed) return setOpen(true);
      const by = event.key === "ArrowDown" ? 1 : -1;
      setPicked(((picked + by + 1 + options.length + 1) % (options.length + 1)) - 1);
    } else if ((event.key === "Enter" || event.key === "Tab") && isListed && picked >= 0) {
      event.preventDefault();
      accept(picked);
    } else if (event.key === "Escape" && isListed) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter") close();
  };
  const description = [fault === undefined ? undefined : `${id}-fault`, props.describedBy].filter(Boolean).join(" ");
  return (
    <>
      <div className="query-line">
        {props.before}
        <div className="query-field">
          <input
            ref={input}
            id={id}
            type="text"
            role="combobox"
            value={text}
            placeholder={props.placeholder}
            autoComplete="off"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            enterKeyHint="search"
            aria-invalid={fault !== undefined}
            aria-describedby={description === "" ? undefined : description}
            aria-autocomplete="list"
            aria-expanded={isListed}
            aria-controls={listId}
            aria-activedescendant={isListed && picked >= 0 ? `${listId}-${picked}` : undefined}
            onChange={(event) => {
              onText(event.target.value);
              setCursor(event.target.selectionStart ?? event.target.value.length);
              setOpen(true);
              setPicked(-1);
            }}
            onSelect={(event) => setCursor(event.currentTarget.selectionStart ?? 0)}
            onClick={() => setOpen(true)}
            onKeyDown={onKeyDown}
            onBlur={close}
          />
          <QueryColours text={text} field={input} />
        </div>
        {props.after}
      </div>
      <CompletionMenu
        id={listId}
        options={isListed ? options : []}
        picked={picked}
        label={kind === "value" ? t.query.values : kind === "field" ? t.query.fieldNames : t.query.begin}
        onPick={accept}
      />
      {fault !== undefined && (
        <div className="query-fault" id={`${id}-fault`} role="alert">
          <FaultMark text={text} place={fault.place} field={input} />
          <p>{sentence(fault.message)}</p>
        </div>
      )}
    </>
  );
}
