import { pointerTokens } from "../json/pointer.ts";

/**
 * Removes the value at a JSON Pointer from an object tree, copying the objects on the way so that shared parts stay as
 * they are. In an array a null keeps the place. The root is changed.
 */
export function removeAt(root: object, pointer: string): void {
  const tokens = pointerTokens(pointer);
  const last = tokens.pop();
  if (last === undefined) return;
  let parent = root as Record<string, unknown>;
  for (const token of tokens) {
    const child = parent[token];
    if (typeof child !== "object" || child === null) return;
    const copy = Array.isArray(child) ? [...(child as unknown[])] : { ...child };
    parent[token] = copy;
    parent = copy as Record<string, unknown>;
  }
  if (Array.isArray(parent)) parent[Number(last)] = null;
  else delete parent[last];
}
