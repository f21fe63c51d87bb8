import { type RefObject, useState } from "react";
import type { Problem } from "../api/problem.ts";
import { Icon } from "../shared/icon.tsx";
import { t } from "../texts/texts.ts";
import type { Bounds } from "../view/range.ts";
import { keepQuery } from "./history.ts";
import { QueryField } from "./query-field.tsx";

interface QueryBoxProps {
  readonly query: string;
  readonly bounds: Bounds;
  /** What is wrong with the query, if something is. */
  readonly problem: Extract<Problem, { readonly kind: "refused" }> | undefined;
  readonly input: RefObject<HTMLInputElement | null>;
  readonly onAsk: (query: string) => void;
  readonly onHelp: () => void;
}

/** The query that the list is asked. */
export function QueryBox({ query, bounds, problem, input, onAsk, onHelp }: QueryBoxProps) {
  const [text, setText] = useState(query);
  const [shown, setShown] = useState(query);
  // The query can also change by a click in the list, or by Back.
  if (shown !== query) {
    setShown(query);
    setText(query);
  }
  const ask = (asked: string) => {
    setText(asked);
    keepQuery(asked);
    onAsk(asked);
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
        <QueryField
          id="query"
          text={text}
          onText={setText}
          placeholder={t.query.placeholder}
          bounds={bounds}
          fault={text === query ? problem : undefined}
          input={input}
          onPast={ask}
          before={<Icon name="search" />}
          after={
            <>
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
            </>
          }
        />
      </form>
    </search>
  );
}
