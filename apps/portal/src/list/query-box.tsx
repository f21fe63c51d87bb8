import { type RefObject, useEffect, useRef, useState } from "react";
import type { Problem } from "../api/problem.ts";
import { sentence } from "../shared/explain-problem.ts";
import { Icon } from "../shared/icon.tsx";

interface QueryBoxProps {
  readonly query: string;
  /** What the server had to say about the query, if it did not like it. */
  readonly problem: Extract<Problem, { readonly kind: "refused" }> | undefined;
  readonly input: RefObject<HTMLInputElement | null>;
  readonly onAsk: (query: string) => void;
  readonly onHelp: () => void;
}

/** The query, and under it what is wrong with it, at the character where it is wrong. */
export function QueryBox({ query, problem, input, onAsk, onHelp }: QueryBoxProps) {
  const [text, setText] = useState(query);
  const [shown, setShown] = useState(query);
  // The query can also change by a click in the list, or by Back.
  if (shown !== query) {
    setShown(query);
    setText(query);
  }
  const fault = text === query ? problem : undefined;
  useEffect(() => {
    const field = input.current;
    if (fault?.place === undefined || field === null || document.activeElement !== field) return;
    field.setSelectionRange(fault.place.offset, fault.place.offset + fault.place.length);
  }, [fault, input]);

  return (
    <search>
      <form
        className="query"
        onSubmit={(event) => {
          event.preventDefault();
          onAsk(text);
        }}
      >
        <label className="hidden" htmlFor="query">
          Query
        </label>
        <div className="query-line">
          <Icon name="search" />
          <input
            ref={input}
            id="query"
            type="text"
            value={text}
            placeholder="All events. Try outcome:denied"
            autoComplete="off"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            enterKeyHint="search"
            aria-invalid={fault !== undefined}
            aria-describedby={fault === undefined ? undefined : "query-fault"}
            onChange={(event) => setText(event.target.value)}
          />
          {text !== "" && (
            <button
              type="button"
              className="bare"
              aria-label="Clear the query"
              onClick={() => {
                setText("");
                onAsk("");
                input.current?.focus();
              }}
            >
              <Icon name="cross" />
            </button>
          )}
          <button type="button" className="bare query-help" onClick={onHelp}>
            How to ask
          </button>
        </div>
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

interface FaultMarkProps {
  readonly text: string;
  readonly place: { readonly offset: number; readonly length: number } | undefined;
  readonly field: RefObject<HTMLInputElement | null>;
}

/** Carets under the wrong characters: the text again, unseen, in the same letters, scrolled as the field is. */
function FaultMark({ text, place, field }: FaultMarkProps) {
  const mark = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const input = field.current;
    if (input === null || mark.current === null) return;
    const follow = () => {
      if (mark.current !== null) mark.current.scrollLeft = input.scrollLeft;
    };
    follow();
    input.addEventListener("scroll", follow);
    return () => input.removeEventListener("scroll", follow);
  });
  if (place === undefined) return null;
  const wrong = text.slice(place.offset, place.offset + place.length);
  return (
    <div className="query-mark" ref={mark} aria-hidden="true">
      <span className="unseen">{text.slice(0, place.offset)}</span>
      <span className="query-caret">
        <span className="unseen">{wrong === "" ? " " : wrong}</span>
      </span>
      <span className="unseen">{text.slice(place.offset + place.length)}</span>
    </div>
  );
}
