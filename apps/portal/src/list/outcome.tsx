import type { OutcomeResult } from "@cairn/event";
import { Icon, type IconName } from "../shared/icon.tsx";

const ICONS: Readonly<Record<OutcomeResult, IconName>> = {
  success: "check",
  failure: "cross",
  denied: "bar",
  unknown: "question",
};

/** How it ended, told by word, shape and colour. */
export function Outcome({ result }: { readonly result: OutcomeResult }) {
  return (
    <span className={`outcome outcome-${result}`}>
      <Icon name={ICONS[result]} />
      {result}
    </span>
  );
}
