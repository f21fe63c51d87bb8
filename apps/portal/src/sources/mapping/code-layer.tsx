import { Fragment, type ReactNode, useMemo } from "react";
import { Rich } from "../../texts/rich.tsx";
import { jsonTokens } from "./json-tokens.ts";
import { lineAt, type TextFault } from "./text-fault.ts";

interface CodeLayerProps {
  readonly text: string;
  readonly colours: "json" | "none";
  readonly fault: TextFault | undefined;
  /** Where the cursor stands: what is wrong is not said over the line that is being written. */
  readonly cursor: number;
  /** Whether something else stands over the letters. */
  readonly isCovered: boolean;
  /** The field itself, over the letters. */
  readonly children: ReactNode;
}

/** Numbers of lines, the text in colours exactly under the letters of the field, and what is wrong below its line. */
export function CodeLayer({ text, colours, fault, cursor, isCovered, children }: CodeLayerProps) {
  const lines = text.split("\n").length;
  const pieces = useMemo(() => piecesOf(text, colours), [text, colours]);
  const wrongLine = fault === undefined ? 0 : lineAt(text, fault.from);
  const isSaid = fault !== undefined && !isCovered && lineAt(text, cursor) !== wrongLine + 1;
  return (
    <div className="code-page">
      <div className="code-numbers" aria-hidden="true">
        {Array.from({ length: lines }, (_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are counted
          <div key={i} className={i + 1 === wrongLine ? "is-wrong" : undefined}>
            {i + 1}
          </div>
        ))}
      </div>
      <div className="code-text">
        <pre className="code-colours" aria-hidden="true">
          {pieces.map(({ kind, text: part }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change their order
            <Fragment key={i}>{kind === undefined ? part : <span className={`token-${kind}`}>{part}</span>}</Fragment>
          ))}
          {"\n"}
        </pre>
        {fault !== undefined && <FaultMark text={text} fault={fault} />}
        {children}
        {isSaid && (
          <div
            className="code-fault"
            aria-hidden="true"
            style={{
              top: `calc(${wrongLine} * var(--code-line))`,
              left: `clamp(0px, ${columnOf(text, fault.from)}ch, 100cqi - 26rem)`,
            }}
          >
            <Rich text={fault.message} />
          </div>
        )}
      </div>
    </div>
  );
}

/** A line under what is wrong: the text again, unseen. */
function FaultMark({ text, fault }: { readonly text: string; readonly fault: TextFault }) {
  const wrong = text.slice(fault.from, fault.to);
  return (
    <pre className="code-mark" aria-hidden="true">
      {text.slice(0, fault.from)}
      <span>{wrong === "" || wrong === "\n" ? " " : wrong}</span>
    </pre>
  );
}

/** How far into its line a position is. */
function columnOf(text: string, position: number): number {
  return position - (text.lastIndexOf("\n", position - 1) + 1);
}

interface Piece {
  readonly kind: "name" | "value" | "sign" | undefined;
  readonly text: string;
}

function piecesOf(text: string, colours: CodeLayerProps["colours"]): readonly Piece[] {
  if (colours === "none") return [{ kind: undefined, text }];
  const tokens = jsonTokens(text);
  return tokens.map(({ kind, text: part }, i) => {
    if (kind === "space" || kind === "other") return { kind: undefined, text: part };
    if (kind === "sign") return { kind, text: part };
    const next = tokens[i + 1]?.kind === "space" ? tokens[i + 2] : tokens[i + 1];
    return { kind: kind === "text" && next?.text === ":" ? "name" : "value", text: part };
  });
}
