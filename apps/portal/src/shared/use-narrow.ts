import { useSyncExternalStore } from "react";

/** Up to here the detail covers the list; `page.css` has the same number. */
const NARROW = "(max-width: 48rem)";

/** Tells whether the window is so narrow that only one thing fits. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => matchMedia(NARROW).matches);
}

function subscribe(onChange: () => void): () => void {
  const media = matchMedia(NARROW);
  media.addEventListener("change", onChange);
  return () => media.removeEventListener("change", onChange);
}
