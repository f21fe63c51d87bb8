import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useId, useRef, useState } from "react";
import { CompletionMenu } from "../../query/completion-menu.tsx";
import { Rich } from "../../texts/rich.tsx";
import { t } from "../../texts/texts.ts";
import { CodeLayer } from "./code-layer.tsx";
import type { JsonCompletions } from "./json-completion.ts";
import type { Stretch } from "./json-tokens.ts";
import { replaceIn } from "./replace-in.ts";
import { lineAt, type TextFault } from "./text-fault.ts";

interface CodeFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly colours: "json" | "none";
  /** What is wrong with the text, if something is. */
  readonly fault: TextFault | undefined;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  /** What could stand at a cursor. */
  readonly complete?: (text: string, cursor: number) => JsonCompletions;
  /** Said below the text, beside what is wrong. */
  readonly state?: ReactNode;
}

const INDENT = "  ";

/** Several lines of code: coloured, numbered, with what is wrong marked where it is wrong, and what may be written next. */
export function CodeField(props: CodeFieldProps) {
  const { label, hint, text, onText, fault, field, complete } = props;
  const id = useId();
  const [cursor, setCursor] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const [picked, setPicked] = useState(0);
  const { options, place } = isOpen && complete !== undefined ? complete(text, cursor) : NOTHING;
  const isListed = options.length > 0;
  const close = () => setOpen(false);
  const offer = () => {
    setPicked(0);
    setOpen(true);
  };
  const accept = (index: number) => {
    const area = field.current;
    const option = options[index];
    if (option === undefined || area === null) return;
    const mark = option.insert.indexOf("‸");
    replaceIn(area, { ...place, text: option.insert.replace("‸", ""), cursor: mark === -1 ? undefined : mark });
    // Between two quotes or braces there is the next thing to choose.
    if (/["{[ ]‸/.test(option.insert)) offer();
    else close();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    const area = event.currentTarget;
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      offer();
    } else if (isListed && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const by = event.key === "ArrowDown" ? 1 : options.length - 1;
      setPicked((picked + by) % options.length);
    } else if (isListed && (event.key === "Enter" || event.key === "Tab")) {
      event.preventDefault();
      accept(picked);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && !event.shiftKey && props.colours === "json") {
      event.preventDefault();
      breakLine(area);
    } else if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") close();
  };
  useEffect(() => {
    const area = field.current;
    if (area === null) return;
    const follow = () => {
      if (document.activeElement === area) setCursor(area.selectionEnd);
    };
    document.addEventListener("selectionchange", follow);
    return () => document.removeEventListener("selectionchange", follow);
  }, [field]);
  const described = [hint === undefined ? undefined : `${id}-hint`, `${id}-state`].filter(Boolean).join(" ");
  return (
    <div className="field code">
      <label htmlFor={id}>{label}</label>
      <div className={`code-frame${fault === undefined ? "" : " is-wrong"}`}>
        <CodeLayer text={text} colours={props.colours} fault={fault} cursor={cursor} isCovered={isListed}>
          <textarea
            ref={field}
            id={id}
            className="code-area"
            value={text}
            wrap="off"
            spellCheck={false}
            autoCapitalize="none"
            autoComplete="off"
            autoCorrect="off"
            aria-invalid={fault !== undefined}
            aria-describedby={described}
            aria-autocomplete={complete === undefined ? undefined : "list"}
            aria-controls={complete === undefined ? undefined : `${id}-list`}
            aria-activedescendant={isListed ? `${id}-list-${picked}` : undefined}
            onChange={(event) => {
              const { value, selectionEnd } = event.target;
              onText(value);
              setCursor(selectionEnd);
              const typed = value.length > text.length ? value.slice(selectionEnd - 1, selectionEnd) : "";
              if (/["\w/]/.test(typed)) offer();
              else close();
            }}
            onKeyDown={onKeyDown}
            onBlur={close}
          />
          {complete !== undefined && (
            <CodeMenu text={text} at={place} isOpen={isListed}>
              <CompletionMenu
                id={`${id}-list`}
                options={options}
                picked={picked}
                label={t.sources.mapping.offered}
                onPick={accept}
              />
            </CodeMenu>
          )}
        </CodeLayer>
      </div>
      <div id={`${id}-state`} className="code-state" role="status">
        {fault === undefined ? (
          props.state
        ) : (
          <button type="button" className="mistake value" onClick={() => goTo(field.current, fault)}>
            <Rich text={t.sources.mapping.atLine(lineAt(text, fault.from), fault.message)} />
          </button>
        )}
      </div>
      {hint !== undefined && (
        <p id={`${id}-hint`} className="quiet field-hint">
          {hint}
        </p>
      )}
    </div>
  );
}

const NOTHING: JsonCompletions = { options: [], place: { from: 0, to: 0 } };

interface CodeMenuProps {
  readonly text: string;
  readonly at: Stretch;
  readonly isOpen: boolean;
  readonly children: ReactNode;
}

/** The choices, below the letters that they would take the place of. */
function CodeMenu({ text, at, isOpen, children }: CodeMenuProps) {
  const line = lineAt(text, at.from);
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isOpen) menu.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [isOpen]);
  const column = at.from - (text.lastIndexOf("\n", at.from - 1) + 1);
  return (
    <div
      className="code-menu"
      hidden={!isOpen}
      style={{ top: `calc(${line} * var(--code-line))`, left: `${column}ch` }}
    >
      {children}
    </div>
  );
}

/** Puts the cursor into a stretch of the text, where it can be seen. */
export function goTo(area: HTMLTextAreaElement | null, { from, to }: Stretch): void {
  if (area === null) return;
  area.focus();
  area.setSelectionRange(from, to);
  const frame = area.closest(".code-frame");
  const line = Number.parseFloat(getComputedStyle(area).lineHeight);
  frame?.scrollTo({ top: Math.max(0, (lineAt(area.value, from) - 3) * line), left: 0 });
}

/** A new line begins where the one before begins, and further in behind an opening sign. */
function breakLine(area: HTMLTextAreaElement): void {
  const { value, selectionStart: from, selectionEnd: to } = area;
  const begun = value.slice(value.lastIndexOf("\n", from - 1) + 1, from);
  const indent = /^[ \t]*/.exec(begun)?.[0] ?? "";
  const line = `\n${indent}`;
  if (!/[{[]\s*$/.test(begun)) {
    replaceIn(area, { from, to, text: line, cursor: undefined });
    return;
  }
  const inner = line + INDENT;
  const isClosed = /[}\]]/.test(value.slice(to, to + 1));
  replaceIn(area, { from, to, text: isClosed ? inner + line : inner, cursor: inner.length });
}
