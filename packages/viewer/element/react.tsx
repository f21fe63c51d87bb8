import { createElement, type ReactElement, useEffect, useRef } from "react";
import { TEXTS } from "../src/index.ts";
import { type AskForToken, defineViewer, type CairnViewer as Element, type ViewerTexts } from "./index.ts";

export interface CairnViewerProps {
  /** Address of the log's server. */
  readonly url: string;
  /** A token of `POST /v1/viewer-tokens`; without one, `onTokenExpiring` is asked for the first. */
  readonly token?: string;
  /** A query that the filter only narrows. It is for convenience: a wall in the token is what cannot be left. */
  readonly query?: string;
  /** Names or paths of fields, by commas or as a list. */
  readonly columns?: string | readonly string[];
  /** Gives the next token. */
  readonly onTokenExpiring?: AskForToken;
  /** Texts in another language than English. */
  readonly texts?: ViewerTexts;
  /** BCP 47 tag for times. */
  readonly locale?: string;
  readonly className?: string;
}

/** `<cairn-viewer>` for React. */
export function CairnViewer(props: CairnViewerProps): ReactElement {
  const { url, token, query, columns, onTokenExpiring, texts, locale, className } = props;
  const element = useRef<Element>(null);
  useEffect(() => {
    defineViewer();
    if (element.current !== null) element.current.onTokenExpiring = onTokenExpiring;
  }, [onTokenExpiring]);
  useEffect(() => {
    if (element.current === null) return;
    element.current.texts = texts ?? TEXTS;
    element.current.locale = locale;
  }, [texts, locale]);
  return createElement("cairn-viewer", {
    ref: element,
    url,
    token,
    query,
    columns: columns === undefined || typeof columns === "string" ? columns : columns.join(","),
    class: className,
  });
}
