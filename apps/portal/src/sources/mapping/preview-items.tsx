import { type Json, pointerTokens } from "@cairn/event";
import { memo } from "react";
import type { PreviewItem } from "../../api/source-answers.ts";
import { Outcome } from "../../list/outcome.tsx";
import { sentence } from "../../shared/explain-problem.ts";
import { FactsTable } from "../../shared/facts-table.tsx";
import { Rich } from "../../texts/rich.tsx";
import { t } from "../../texts/texts.ts";

interface PreviewItemsProps {
  readonly items: readonly PreviewItem[];
  /** Shows a rule of the mapping, by its pointer; absent where the mapping is not there to be seen. */
  readonly onRule?: (pointer: string) => void;
}

/** Records shown of a sample: as many as somebody reads while writing. */
const SHOWN_ITEMS = 20;

/** What became of each record of a sample. Kept as it is while other things are written. */
export const PreviewItems = memo(function PreviewItems({ items, onRule }: PreviewItemsProps) {
  return (
    <ol className="preview-items">
      {items.slice(0, SHOWN_ITEMS).map((item, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: records are told by their place in the sample
        <li key={i} className="preview-item">
          <Item item={item} index={i + 1} onRule={onRule} />
        </li>
      ))}
      {items.length > SHOWN_ITEMS && <li className="quiet">{t.sources.firstShown(SHOWN_ITEMS)}</li>}
    </ol>
  );
});

interface ItemProps {
  readonly item: PreviewItem;
  readonly index: number;
  readonly onRule: PreviewItemsProps["onRule"];
}

function Item({ item, index, onRule }: ItemProps) {
  switch (item.kind) {
    case "skipped":
      return (
        <p>
          <strong>{t.sources.mapping.skipped(index)}</strong> <span className="quiet">{sentence(item.reason)}</span>
        </p>
      );
    case "refused":
      return (
        <>
          <p>
            <strong>{t.sources.mapping.refused(index)}</strong>
          </p>
          <p className="mistake">
            <Rich text={sentence(item.error.message)} />
          </p>
          <pre>{item.text.slice(0, SHOWN_CHARS)}</pre>
        </>
      );
    case "event":
      return (
        <>
          <EventHead event={item.event} title={t.sources.mapping.event(index)} />
          <FactsTable
            label={t.sources.mapping.event(index)}
            columns={[t.sources.mapping.field, t.sources.mapping.value, t.sources.mapping.from]}
          >
            {item.trace.map(({ field, from, rule }) => (
              <tr key={field}>
                <th scope="row">
                  {onRule === undefined ? (
                    <code>{field}</code>
                  ) : (
                    <button
                      type="button"
                      className="value"
                      aria-label={t.sources.mapping.rule(field)}
                      onClick={() => onRule(rule)}
                    >
                      <code>{field}</code>
                    </button>
                  )}
                </th>
                <td className="preview-value">{shown(valueIn(item.event, field))}</td>
                <td>
                  {from.length === 0 ? (
                    <span className="quiet">{t.sources.mapping.constant}</span>
                  ) : (
                    <code>{from.join(" ")}</code>
                  )}
                </td>
              </tr>
            ))}
          </FactsTable>
          {item.unmapped.length > 0 && (
            <p className="quiet preview-unmapped">
              {t.sources.mapping.unmapped}: <code>{item.unmapped.join(" ")}</code>
            </p>
          )}
          <Warnings event={item.event} />
          <details>
            <summary>{t.sources.mapping.whole}</summary>
            <pre>{JSON.stringify(item.event, null, 2)}</pre>
          </details>
        </>
      );
  }
}

/** What could not be done as the mapping asks. */
function Warnings({ event }: { readonly event: Json }) {
  const warnings = valueIn(event, "warnings");
  if (!Array.isArray(warnings) || warnings.length === 0) return null;
  return (
    <p className="mistake">
      {t.sources.mapping.warnings}: <code>{warnings.map(shown).join(" ")}</code>
    </p>
  );
}

/** As much of a record as is shown beside why it is refused. */
const SHOWN_CHARS = 2_000;

interface EventHeadProps {
  readonly event: Json;
  readonly title: string;
}

/** An event in a line: what, by whom, how it ended. */
export function EventHead({ event, title }: EventHeadProps) {
  const actor = valueIn(event, "actor.name") ?? valueIn(event, "actor.id") ?? valueIn(event, "actor.type");
  const result = valueIn(event, "outcome.result");
  return (
    <span className="preview-head">
      <span className="hidden">{title}: </span>
      <code>{shown(valueIn(event, "action"))}</code>
      {actor !== undefined && <span>{shown(actor)}</span>}
      {isResult(result) && <Outcome result={result} />}
      <span className="quiet">{shown(valueIn(event, "occurred_at"))}</span>
    </span>
  );
}

type Result = Parameters<typeof Outcome>[0]["result"];

function isResult(value: Json | undefined): value is Result {
  return value === "success" || value === "failure" || value === "denied" || value === "unknown";
}

/** The value at a path such as `targets.0.name`. */
function valueIn(event: Json, path: string): Json | undefined {
  const start: Json | undefined = event;
  return pointerTokens(`/${path.replaceAll(".", "/")}`).reduce<Json | undefined>((value, token) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, token)) return undefined;
    return (value as Readonly<Record<string, Json>>)[token];
  }, start);
}

function shown(value: Json | undefined): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
