import { useId, useState } from "react";
import type { FacetValue } from "../api/answers.ts";
import type { Scope } from "../api/client.ts";
import type { KnownActor } from "../event/actor-names.ts";
import { ToPerson } from "../people/to-person.tsx";
import { type Choice, choicesOf, toggleExclusion, toggleValue } from "../query/terms.ts";
import { Icon } from "../shared/icon.tsx";
import { compactNumber, plural } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import { FACET_FIELDS, type FacetField, useFacets } from "./use-facets.ts";

interface FacetPanelProps {
  readonly scope: Scope;
  /** Whether they are counted now: the list, which somebody waits for, goes first. */
  readonly isCounted: boolean;
  readonly onAsk: (query: string) => void;
}

/** What the events found have in common: the most frequent values of each field, to ask for or to leave out. */
export function FacetPanel({ scope, isCounted, onAsk }: FacetPanelProps) {
  const [closed, setClosed] = useState<ReadonlySet<FacetField>>(readClosed);
  const open = FACET_FIELDS.filter((field) => !closed.has(field));
  const { facets, names, categories, isFailed } = useFacets(scope, open, { isCounted });
  const toggle = (field: FacetField, isOpen: boolean) => {
    const next = new Set(closed);
    if (isOpen) next.delete(field);
    else next.add(field);
    setClosed(next);
    keepClosed(next);
  };
  return (
    <div className="facets">
      {isFailed && <p className="quiet">{t.facets.failed}</p>}
      {FACET_FIELDS.map((field) => (
        <Facet
          key={field}
          field={field}
          values={facets.get(field)}
          isOpen={!closed.has(field)}
          names={names}
          categories={categories}
          query={scope.query}
          onAsk={onAsk}
          onToggle={(isOpen) => toggle(field, isOpen)}
        />
      ))}
    </div>
  );
}

interface FacetProps {
  readonly field: FacetField;
  /** Undefined until they are counted. */
  readonly values: readonly FacetValue[] | undefined;
  readonly isOpen: boolean;
  readonly names: ReadonlyMap<string, KnownActor>;
  readonly categories: ReadonlyMap<string, string>;
  readonly query: string;
  readonly onAsk: (query: string) => void;
  readonly onToggle: (isOpen: boolean) => void;
}

function Facet({ field, values, isOpen, names, categories, query, onAsk, onToggle }: FacetProps) {
  const id = useId();
  const rows = rowsOf({ field, values: values ?? [], names, categories, choices: choicesOf(query, field) });
  const most = Math.max(1, ...rows.map(({ count }) => count));
  const chosen = rows.filter(({ choice }) => choice !== undefined).length;
  if (values !== undefined && rows.length === 0) return null;
  return (
    <section className="facet">
      <h3>
        <button type="button" aria-expanded={isOpen} aria-controls={id} onClick={() => onToggle(!isOpen)}>
          <Icon name={isOpen ? "open" : "closed"} />
          {t.facets.fields[field]}
          {chosen > 0 && <span className="facet-chosen">{chosen}</span>}
        </button>
      </h3>
      {isOpen && (
        <ul id={id}>
          {rows.map((row) => (
            <li key={row.key}>
              <button
                type="button"
                className="facet-value"
                aria-pressed={row.choice === "include"}
                title={t.facets.only(row.label)}
                onClick={(event) => onAsk((event.altKey ? toggleExclusion : toggleValue)(query, row.field, row.value))}
              >
                <span className={`facet-name${row.choice === "exclude" ? " is-excluded" : ""}`}>{row.label}</span>
                <span className="facet-count" title={plural(row.count, t.list.events)}>
                  {row.count === 0 ? "" : compactNumber(row.count)}
                </span>
                <meter className="facet-share" value={row.count} max={most} aria-hidden="true" />
              </button>
              {row.person !== undefined && <ToPerson person={row.person} name={row.label} />}
              <button
                type="button"
                className="facet-out"
                aria-label={t.facets.exclude(row.label)}
                aria-pressed={row.choice === "exclude"}
                title={t.facets.exclude(row.label)}
                onClick={() => onAsk(toggleExclusion(query, row.field, row.value))}
              >
                <Icon name="bar" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface FacetRow {
  readonly key: string;
  /** A field that finds the value: `actor.ref` for a person. */
  readonly field: string;
  readonly value: string;
  readonly label: string;
  readonly count: number;
  readonly choice: Choice["sign"] | undefined;
  /** Subject reference, where the value is a person. */
  readonly person?: string | undefined;
}

interface RowsOptions {
  readonly field: FacetField;
  readonly values: readonly FacetValue[];
  readonly names: ReadonlyMap<string, KnownActor>;
  readonly categories: ReadonlyMap<string, string>;
  readonly choices: readonly Choice[];
}

/** The counted values, and those that the query chooses and that are not among them. */
function rowsOf({ field, values, names, categories, choices }: RowsOptions): readonly FacetRow[] {
  const choiceOf = (value: string) => choices.find((each) => each.value.toLowerCase() === value.toLowerCase());
  const counted = values.map((each): FacetRow => {
    const person = each.ref === undefined ? undefined : names.get(each.ref);
    const category = field === "category" ? categories.get(each.value) : undefined;
    const value = person === undefined ? each.value : unquoted(person.value);
    const label = person?.name ?? category ?? (each.ref === undefined ? each.value : t.person(each.ref));
    const own = each.ref !== undefined && person === undefined ? "actor.ref" : field;
    const shown = { field: own, value, label, count: each.count, choice: choiceOf(value)?.sign };
    return { ...shown, key: each.ref ?? each.value, person: each.ref };
  });
  const others = choices
    .filter(({ value }) => !counted.some((row) => row.value.toLowerCase() === value.toLowerCase()))
    .map(
      ({ value, sign }): FacetRow => ({ key: `chosen ${value}`, field, value, label: value, count: 0, choice: sign }),
    );
  return [...counted, ...others];
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/gs, "$1") : text;
}

const STORED = "cairn.facets-closed";
/** Open at first are those that most readers begin with. */
const CLOSED_AT_FIRST: readonly FacetField[] = ["target.type", "source", "location", "client.kind", "ip"];

function readClosed(): ReadonlySet<FacetField> {
  try {
    const stored = localStorage.getItem(STORED);
    if (stored !== null) return new Set(FACET_FIELDS.filter((field) => stored.split(",").includes(field)));
  } catch {
    // No storage: as at the first visit.
  }
  return new Set(CLOSED_AT_FIRST);
}

function keepClosed(closed: ReadonlySet<FacetField>): void {
  try {
    localStorage.setItem(STORED, [...closed].join(","));
  } catch {
    // Then it holds for this visit only.
  }
}
