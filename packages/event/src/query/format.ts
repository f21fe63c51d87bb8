import type { QueryNode } from "./ast.ts";

/**
 * Writes a query back. Reading the result gives the same tree (positions aside); relative times stay relative.
 */
export function formatQuery(node: QueryNode): string {
  return node.kind === "and" || node.kind === "or" ? joined(node) : formatNode(node, { isTop: true });
}

function formatNode(node: QueryNode, options: { isTop: boolean }): string {
  switch (node.kind) {
    case "all":
      return options.isTop ? "" : "*";
    case "and":
    case "or":
      return `(${joined(node)})`;
    case "not":
      return `NOT ${formatNode(node.child, { isTop: false })}`;
    case "term":
      return `${node.written.field}:${closed(node.written.value)}`;
    case "free":
      return closed(node.written);
  }
}

function joined(node: Extract<QueryNode, { kind: "and" | "or" }>): string {
  return node.children.map((child) => formatNode(child, { isTop: false })).join(node.kind === "and" ? " " : " OR ");
}

/** A backslash at the very end of a query means itself; it would escape what is written after it. */
function closed(written: string): string {
  const [backslashes = ""] = /\\*$/.exec(written) ?? [];
  return backslashes.length % 2 === 0 ? written : `${written}\\`;
}

/** Quotes a text so that a query reads it literally: for values that come from elsewhere, such as a facet. */
export function quoteValue(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
