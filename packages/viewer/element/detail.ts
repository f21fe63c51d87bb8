import type { RecordedEvent } from "@cairn/event";
import { pathFields, type ViewerTexts } from "../src/index.ts";
import { el } from "./dom.ts";

interface DetailOptions {
  readonly texts: ViewerTexts;
  readonly onClose: () => void;
}

/** Every field of one event. */
export function drawDetail(event: RecordedEvent, { texts, onClose }: DetailOptions): HTMLElement {
  const fields = pathFields(event).map(({ path, text }) => el("div", {}, el("dt", {}, path), el("dd", {}, text)));
  return el(
    "section",
    { class: "detail", "aria-label": texts.detail },
    el(
      "header",
      {},
      el("h2", { tabindex: "-1" }, event.description ?? event.action),
      el("button", { type: "button", onclick: onClose }, texts.back),
    ),
    el("dl", {}, ...fields),
  );
}
