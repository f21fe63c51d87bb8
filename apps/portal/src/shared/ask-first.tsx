import { useState } from "react";
import { t } from "../texts/texts.ts";

interface AskFirstProps {
  readonly label: string;
  /** What will happen, in a sentence. */
  readonly question: string;
  readonly isBusy?: boolean;
  readonly onDo: () => void;
}

/** A button for what cannot be undone: it says what will happen, and asks once more. */
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
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would want a legend
    <span className="ask-first" role="group" aria-label={label}>
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
    </span>
  );
}
