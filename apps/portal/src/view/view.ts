import type { Place } from "../api/answers.ts";

/** Which clock times are shown by. */
export type Zone = "utc" | "local";

/** What the page shows. It lives in the fragment of the address, which browsers keep to themselves. */
export interface View {
  readonly query: string;
  /** Undefined: whatever the reader chose last. */
  readonly zone: Zone | undefined;
  /** The event whose detail is open. */
  readonly place: Place | undefined;
}

/** Reads a fragment, with or without its `#`. What it does not understand it leaves out. */
export function parseView(fragment: string): View {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ""));
  const zone = parameters.get("tz");
  return {
    query: parameters.get("q") ?? "",
    zone: zone === "utc" || zone === "local" ? zone : undefined,
    place: parsePlace(parameters.get("event") ?? ""),
  };
}

/** Writes the fragment of a view, `#` included; `#` alone for the plain list. */
export function formatView(view: View): string {
  const parameters = new URLSearchParams();
  if (view.query !== "") parameters.set("q", view.query);
  if (view.zone !== undefined) parameters.set("tz", view.zone);
  if (view.place !== undefined) parameters.set("event", formatPlace(view.place));
  // Slashes and colons are plain in a fragment, and a reader can then see what a link is about.
  return `#${parameters.toString().replaceAll("%2F", "/").replaceAll("%3A", ":")}`;
}

/** Writes a place as people read it: `1/41`. */
export function formatPlace({ ledger, sequence }: Place): string {
  return `${ledger}/${sequence}`;
}

function parsePlace(text: string): Place | undefined {
  const [, ledger, sequence] = /^([1-9]\d{0,8})\/(0|[1-9]\d{0,14})$/.exec(text) ?? [];
  return ledger === undefined || sequence === undefined
    ? undefined
    : { ledger: Number(ledger), sequence: Number(sequence) };
}

/** Tells whether two places are one. */
export function isSamePlace(a: Place | undefined, b: Place | undefined): boolean {
  return a?.ledger === b?.ledger && a?.sequence === b?.sequence;
}
