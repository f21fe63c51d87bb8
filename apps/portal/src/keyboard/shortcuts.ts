import { useEffect, useRef } from "react";

/** A key that does something when no text is being written. */
export interface Shortcut {
  /** As `KeyboardEvent.key` has it. */
  readonly key: string;
  readonly run: () => void;
}

const STORED = "cairn.shortcuts";

/** Tells whether single keys do something. People who speak to their computer switch that off. */
export function areShortcutsOn(): boolean {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}

/** Switches single keys on or off, for this browser. */
export function setShortcuts(state: "on" | "off"): void {
  try {
    localStorage.setItem(STORED, state);
  } catch {
    // Then the choice does not outlive the page.
  }
}

/** Listens for single keys while the page is shown. `Escape` works always; it is no character. */
export function useShortcuts(shortcuts: readonly Shortcut[], options: { readonly isOn: boolean }): void {
  const latest = useRef({ shortcuts, isOn: options.isOn });
  useEffect(() => {
    latest.current = { shortcuts, isOn: options.isOn };
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (event.key !== "Escape" && (!latest.current.isOn || isWriting(event.target))) return;
      // On a link or button, Enter is theirs.
      if (event.key === "Enter" && isWithin(event.target, "a, button, summary")) return;
      if (document.querySelector("dialog[open]") !== null) return;
      const shortcut = latest.current.shortcuts.find(({ key }) => key === event.key);
      if (shortcut === undefined) return;
      event.preventDefault();
      shortcut.run();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

function isWriting(target: EventTarget | null): boolean {
  return isWithin(target, "input:not([type=radio]):not([type=checkbox]), textarea, select");
}

function isWithin(target: EventTarget | null, selector: string): boolean {
  return target instanceof Element && target.closest(selector) !== null;
}
