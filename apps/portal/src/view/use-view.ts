import { useMemo, useSyncExternalStore } from "react";
import { formatView, parseView, type View } from "./view.ts";

/** Where a change of view goes: a step that Back undoes, or in place of the present one. */
export type Step = "new" | "same";

const CHANGED = "cairn:view";

/** Gives the view that the address names, and keeps up with Back, Forward and edited addresses. */
export function useView(): View {
  const fragment = useSyncExternalStore(subscribe, () => location.hash);
  return useMemo(() => parseView(fragment), [fragment]);
}

/** Shows another view. */
export function showView(view: View, step: Step): void {
  const fragment = formatView(view);
  if (fragment === location.hash || (fragment === "#" && location.hash === "")) return;
  const address = fragment === "#" ? location.pathname : fragment;
  if (step === "new") history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  dispatchEvent(new Event(CHANGED));
}

function subscribe(onChange: () => void): () => void {
  const kinds = ["hashchange", "popstate", CHANGED];
  for (const kind of kinds) addEventListener(kind, onChange);
  return () => {
    for (const kind of kinds) removeEventListener(kind, onChange);
  };
}
