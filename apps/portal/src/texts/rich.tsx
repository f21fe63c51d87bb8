import { Fragment } from "react";

/** A text of the catalogue in which `backticks` mark what is to be typed, and **stars** what matters. */
export function Rich({ text }: { readonly text: string }) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part, i) => {
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change their order
    if (part.startsWith("`")) return <code key={i}>{part.slice(1, -1)}</code>;
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change their order
    if (part.startsWith("**")) return <strong key={i}>{part.slice(2, -2)}</strong>;
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change their order
    return <Fragment key={i}>{part}</Fragment>;
  });
}
