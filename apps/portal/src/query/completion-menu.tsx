import { useEffect, useRef } from "react";
import type { Completion } from "./completion.ts";

interface CompletionMenuProps {
  readonly id: string;
  /** None: nothing is shown, but the list that the field controls is there. */
  readonly options: readonly Completion[];
  /** Position of the option that Enter takes; -1 for none. */
  readonly picked: number;
  readonly label: string;
  readonly onPick: (index: number) => void;
}

/** What could be written where the cursor is. The focus stays in the field. */
export function CompletionMenu({ id, options, picked, label, onPick }: CompletionMenuProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[picked]?.scrollIntoView({ block: "nearest" });
  }, [picked]);
  return (
    <div ref={list} id={id} role="listbox" aria-label={label} className="completions" hidden={options.length === 0}>
      {options.map(({ label: name, detail, insert }, i) => (
        // The field has the focus and the keys; this is for the mouse.
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys
        // biome-ignore lint/a11y/useFocusableInteractive: the field points here
        <div
          key={`${insert}${name}`}
          id={`${id}-${i}`}
          role="option"
          aria-selected={i === picked}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(i)}
        >
          <span className="completion-name">{name}</span>
          <span className="completion-detail">{detail}</span>
        </div>
      ))}
    </div>
  );
}
