import { CairnViewer } from "./cairn-viewer.ts";

export { type AskForToken, TEXTS, type ViewerTexts } from "../src/index.ts";
export { CairnViewer };

/** Makes `<cairn-viewer>` known to the page; done by loading this file, and harmless when done again. */
export function defineViewer(): void {
  if (typeof customElements !== "undefined" && customElements.get("cairn-viewer") === undefined)
    customElements.define("cairn-viewer", CairnViewer);
}

defineViewer();
