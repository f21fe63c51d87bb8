import { type ReactNode, useEffect, useId, useRef, useState } from "react";

interface PopoverProps {
  /** What the button says. */
  readonly label: ReactNode;
  /** What the window is called. */
  readonly title: string;
  readonly className?: string;
  readonly hint?: string;
  /** What the window holds; `close` puts the focus back on the button. */
  readonly children: (close: () => void) => ReactNode;
}

/** A button with a small window below it. Esc and a click elsewhere close it. */
export function Popover({ label, title, className = "button", hint, children }: PopoverProps) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const root = useRef<HTMLDivElement>(null);
  const id = useId();
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  useEffect(() => {
    if (!isOpen) return;
    panel.current?.querySelector<HTMLElement>("[data-first], button, input, select, a")?.focus();
    const onPointer = (event: Event) => {
      if (event.target instanceof Node && root.current?.contains(event.target) === false) setOpen(false);
    };
    addEventListener("pointerdown", onPointer);
    return () => removeEventListener("pointerdown", onPointer);
  }, [isOpen]);
  return (
    // Keys bubble up to here from whatever has the focus inside.
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears Esc
    <div
      className="popover-root"
      ref={root}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        event.preventDefault();
        event.stopPropagation();
        close();
      }}
    >
      <button
        ref={button}
        type="button"
        className={className}
        aria-expanded={isOpen}
        aria-controls={id}
        title={hint}
        onClick={() => setOpen(!isOpen)}
      >
        {label}
      </button>
      {isOpen && (
        <div id={id} ref={panel} role="dialog" aria-label={title} className="popover">
          {children(close)}
        </div>
      )}
    </div>
  );
}
