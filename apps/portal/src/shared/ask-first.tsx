import { useState } from "react";
import { t } from "../texts/texts.ts";

interface AskFirstProps {
  readonly label: string;
  /** What will happen, in a sentence. */
  readonly question: string;
  readonly isBusy?: boolean;
  readonly onDo: () => void;
}

/**
 * A button for what cannot be undone: it says what will happen, and asks once more. It asks in its own place and not in a
 * window over the page: it stands in rows, where one sees what it is about, and in windows, which a second one would cover.
 */
export function AskFirst({ label, question, isBusy = false, onDo }: AskFirstProps) {
  const [isAsked, setAsked] = useState(false);
  if (!isAsked) {
    return (
      <button type="button" className="button" disabled={isBusy} onClick={() => setAsked(true)}>
        {label}
      </button>
    );
  }
  return (
    <fieldset className="ask-first">
      <legend className="hidden">{label}</legend>
      <span>{question}</span>
      <button
        type="button"
        className="button danger"
        // biome-ignore lint/a11y/noAutofocus: it takes the place of the button that was pressed
        autoFocus
        onClick={() => {
          setAsked(false);
          onDo();
        }}
      >
        {label}
      </button>
      <button type="button" className="button" onClick={() => setAsked(false)}>
        {t.forms.keep}
      </button>
    </fieldset>
  );
}
