import type { RecordedEvent } from "@cairn/event";
import { Fragment } from "react";
import { type Field, fieldGroups } from "../event/fields.ts";
import { FilterButton, type OnFilter } from "../list/filter-button.tsx";
import { ToPerson } from "../people/to-person.tsx";
import { Icon } from "../shared/icon.tsx";
import { t } from "../texts/texts.ts";
import { showMoment } from "../view/times.ts";

interface FieldGroupsProps {
  readonly event: RecordedEvent;
  /** IANA name. */
  readonly zone: string;
  readonly onFilter: OnFilter;
}

/** Every field of an event, by groups; a value that can be searched for narrows the list to it, or to everything else. */
export function FieldGroups({ event, zone, onFilter }: FieldGroupsProps) {
  return fieldGroups(event).map(({ title, fields }) => (
    <section className="group" key={title}>
      <h3>{t.detail.groups[title]}</h3>
      <dl>
        {fields.map((field) => (
          <div key={field.path}>
            <dt>{field.label}</dt>
            <dd>
              <FieldValues field={field} person={personAt(event, field)} zone={zone} onFilter={onFilter} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  ));
}

/** The keys by which a person is called, the best first. */
const CALLED_BY = ["name", "email", "id", "ref"] as const;

/** The person who stands in a field: beside what they are called by best, and nowhere else. */
function personAt(event: RecordedEvent, field: Field): string | undefined {
  const path = JSON.parse(field.path) as readonly (string | number)[];
  const parent = path.slice(0, -1).reduce<unknown>((value, key) => memberOf(value, key), event);
  const ref = memberOf(parent, "ref");
  const isPart = path[0] === "actor" || path[0] === "targets";
  if (!isPart || typeof ref !== "string" || !ref.startsWith("sub_")) return undefined;
  return CALLED_BY.find((key) => memberOf(parent, key) !== undefined) === path.at(-1) ? ref : undefined;
}

function memberOf(value: unknown, key: string | number): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

interface FieldValuesProps {
  readonly field: Field;
  /** Reference of the person who is called so. */
  readonly person: string | undefined;
  readonly zone: string;
  readonly onFilter: OnFilter;
}

function FieldValues({ field, person, zone, onFilter }: FieldValuesProps) {
  return field.values.map(({ text, term }, i) => {
    const shown = field.form === "moment" ? showMoment(text, zone) : text;
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: an event never changes
      <Fragment key={i}>
        {i > 0 && ", "}
        {term === undefined ? (
          shown
        ) : (
          <span className="field-value">
            <FilterButton term={term} onFilter={onFilter}>
              {shown}
            </FilterButton>
            {i === 0 && person !== undefined && <ToPerson person={person} />}
            <button
              type="button"
              className="leave-out"
              aria-label={t.facets.exclude(text)}
              title={t.facets.exclude(text)}
              onClick={() => onFilter(`-${term}`)}
            >
              <Icon name="bar" />
            </button>
          </span>
        )}
      </Fragment>
    );
  });
}
