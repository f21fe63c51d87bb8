/** What takes the place of a stretch of a text. */
interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** Where the cursor goes, counted from the beginning of the new text; behind it when undefined. */
  readonly cursor: number | undefined;
}

/** Replaces a stretch of a text field as if it had been typed, so that the browser's undo takes it back. */
export function replaceIn(area: HTMLTextAreaElement, { from, to, text, cursor }: Replacement): void {
  area.focus();
  area.setSelectionRange(from, to);
  // No other way of changing a field leaves undo in order; where a browser has given it up, the change is what counts.
  if (!document.execCommand("insertText", false, text)) {
    area.setRangeText(text, from, to, "end");
    area.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  const at = from + (cursor ?? text.length);
  area.setSelectionRange(at, at);
}
