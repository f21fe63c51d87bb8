import type { Source } from "../api/source-answers.ts";
import { t } from "../texts/texts.ts";
import { type Standing, standingOf } from "./source-standing.ts";

const LOOKS: Readonly<Record<Standing, string>> = {
  off: "tag",
  problem: "tag is-bad",
  waiting: "tag is-plain",
  well: "tag is-good",
};

/** How a source is doing, told by word and colour. */
export function StandingTag({ source }: { readonly source: Source }) {
  const standing = standingOf(source);
  return <span className={LOOKS[standing]}>{t.sources.states[standing]}</span>;
}
