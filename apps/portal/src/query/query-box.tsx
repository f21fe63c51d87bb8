import { type KeyboardEvent, type RefObject, useId, useState } from "react";
import type { Problem } from "../api/problem.ts";
import { sentence } from "../shared/explain-problem.ts";
import { Icon } from "../shared/icon.tsx";
import { t } from "../texts/texts.ts";
import type { Bounds } from "../view/range.ts";
import { CompletionMenu } from "./completion-menu.tsx";
import { keepQuery } from "./history.ts";
import { FaultMark, QueryColours } from "./query-layers.tsx";
import { useCompletions } from "./use-completions.ts";

interface QueryBoxProps {
  readonly query: string;
  readonly bounds: Bounds;
  /** What is wrong with the query, if something is. */
  readonly problem: Extract<Problem, { readonly kind: "refused" }> | undefined;
  readonly input: RefObject<HTMLInputElement | null>;
  readonly onAsk: (query: string) => void;
  readonly onHelp: () => void;
}

/** The query, coloured as it is understood, with what could be written next, and what is wrong with it where it is wrong. */
export function QueryBox({ query, bounds, problem, input, onAsk, onHelp }: QueryBoxProps) {
  const [text, setText] = useState(query);
  const [shown, setShown] = useState(query);
  const [cursor, setCursor] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const [picked, setPicked] = useState(-1);
  const listId = useId();
  // The query can also change by a click in the list, or by Back.
  if (shown !== query) {
    setShown(query);
    setText(query);
  }
  const { options, from, to, kind } = useCompletions(text, cursor, bounds, isOpen);
  const isListed = isOpen && options.length > 0;
  const fault = text === query ? problem : undefined;

  const write = (next: string, at: number) => {
    setText(next);
    setCursor(at);
    setPicked(-1);
    requestAnimationFrame(() => input.current?.setSelectionRange(at, at));
  };
  const accept = (index: number) => {
    const option = options[index];
    if (option === undefined) return;
    if (kind === "history" && !option.insert.endsWith(":") && !option.insert.endsWith(".")) return ask(option.insert);
    const rest = text.slice(to);
    const insert = option.insert.endsWith(" ") && /^[\s)]/.test(rest) ? option.insert.trimEnd() : option.insert;
    write(`${text.slice(0, from)}${insert}${rest}`, from + insert.length);
    setOpen(/[:.]$/.test(insert));
    input.current?.focus();
  };
  const ask = (asked: string) => {
    setOpen(false);
    setPicked(-1);
    setText(asked);
    keepQuery(asked);
    onAsk(asked);
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
      setOpen(false);
      setPicked(-1);
    }
  };

  return (
    <search className="query-search">
      <form
        className="query"
        onSubmit={(event) => {
          event.preventDefault();
          ask(text);
        }}
      >
        <label className="hidden" htmlFor="query">
          {t.query.label}
        </label>
        <div className="query-line">
          <Icon name="search" />
          <div className="query-field">
            <input
              ref={input}
              id="query"
              type="text"
              role="combobox"
              value={text}
              placeholder={t.query.placeholder}
              autoComplete="off"
              autoCapitalize="none"
              autoCorrect="off"
              spellCheck={false}
              enterKeyHint="search"
              aria-invalid={fault !== undefined}
              aria-describedby={fault === undefined ? undefined : "query-fault"}
              aria-autocomplete="list"
              aria-expanded={isListed}
              aria-controls={listId}
              aria-activedescendant={isListed && picked >= 0 ? `${listId}-${picked}` : undefined}
              onChange={(event) => {
                setText(event.target.value);
                setCursor(event.target.selectionStart ?? event.target.value.length);
                setOpen(true);
                setPicked(-1);
              }}
              onSelect={(event) => setCursor(event.currentTarget.selectionStart ?? 0)}
              onClick={() => setOpen(true)}
              onKeyDown={onKeyDown}
              onBlur={() => {
                setOpen(false);
                setPicked(-1);
              }}
            />
            <QueryColours text={text} field={input} />
          </div>
          {text !== "" && (
            <button
              type="button"
              className="bare"
              aria-label={t.query.clear}
              title={t.query.clear}
              onClick={() => {
                ask("");
                input.current?.focus();
              }}
            >
              <Icon name="cross" />
            </button>
          )}
          <button type="button" className="bare query-help" onClick={onHelp}>
            {t.query.help}
          </button>
        </div>
        <CompletionMenu
          id={listId}
          options={isListed ? options : []}
          picked={picked}
          label={kind === "value" ? t.query.values : kind === "field" ? t.query.fieldNames : t.query.begin}
          onPick={accept}
        />
        {fault !== undefined && (
          <div className="query-fault" id="query-fault" role="alert">
            <FaultMark text={text} place={fault.place} field={input} />
            <p>{sentence(fault.message)}</p>
          </div>
        )}
      </form>
    </search>
  );
}
