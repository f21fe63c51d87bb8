import { Fragment, type RefObject, useEffect, useMemo, useRef } from "react";
import { colourQuery } from "./colour.ts";

interface QueryColoursProps {
  readonly text: string;
  readonly field: RefObject<HTMLInputElement | null>;
}

/** The query again, in colours, exactly over the letters of the field. */
export function QueryColours({ text, field }: QueryColoursProps) {
  const layer = useRef<HTMLDivElement>(null);
  useScrollOf(field, layer);
  const tokens = useMemo(() => colourQuery(text), [text]);
  return (
    <div className="query-colours" ref={layer} aria-hidden="true">
      {tokens.map((token, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change their order
        <Fragment key={i}>
          {token.kind === "space" ? token.text : <span className={`token-${token.kind}`}>{token.text}</span>}
        </Fragment>
      ))}
    </div>
  );
}

interface FaultMarkProps {
  readonly text: string;
  readonly place: { readonly offset: number; readonly length: number } | undefined;
  readonly field: RefObject<HTMLInputElement | null>;
}

/** Carets under the wrong characters: the text again, unseen, in the same letters, scrolled as the field is. */
export function FaultMark({ text, place, field }: FaultMarkProps) {
  const mark = useRef<HTMLDivElement>(null);
  useScrollOf(field, mark);
  useEffect(() => {
    const input = field.current;
    if (place === undefined || input === null || document.activeElement !== input) return;
    input.setSelectionRange(place.offset, place.offset + place.length);
  }, [place, field]);
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

/** Keeps a layer scrolled sideways as the field is. */
function useScrollOf(field: RefObject<HTMLInputElement | null>, layer: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const input = field.current;
    if (input === null) return;
    const follow = () => {
      if (layer.current !== null) layer.current.scrollLeft = input.scrollLeft;
    };
    follow();
    input.addEventListener("scroll", follow);
    return () => input.removeEventListener("scroll", follow);
  });
}
