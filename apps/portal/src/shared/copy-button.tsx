import { useEffect, useState } from "react";
import { t } from "../texts/texts.ts";

/** How long the button says that it has copied. */
const SAID_MS = 2_000;

/** Copies a text; where the browser does not let a page do that (plain HTTP), it shows the text to be copied by hand. */
export function CopyButton({ label, text }: { readonly label: string; readonly text: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      prompt(`${label}:`, text);
    }
  };
  return (
    <button type="button" className="button" onClick={() => void copy()}>
      <span aria-live="polite">{isCopied ? t.copied : label}</span>
    </button>
  );
}
