import type { RecordedEvent } from "@cairn/event";
import { Fragment } from "react";
import { type Field, fieldGroups } from "../event/fields.ts";
import { FilterButton, type OnFilter } from "../list/filter-button.tsx";
import { personLink } from "../people/person-link.ts";
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
              <FieldValues field={field} zone={zone} onFilter={onFilter} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  ));
}

/** Tells whether a value refers to a person; the path is JSON. */
function isPerson(path: string, value: string): boolean {
  return path.endsWith('"ref"]') && value.startsWith("sub_");
}

interface FieldValuesProps {
  readonly field: Field;
  readonly zone: string;
  readonly onFilter: OnFilter;
}

function FieldValues({ field, zone, onFilter }: FieldValuesProps) {
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
            {isPerson(field.path, text) && (
              <a
                className="to-person is-shown"
                href={personLink(text, undefined)}
                aria-label={t.people.open}
                title={t.people.open}
              >
                <Icon name="person" />
              </a>
            )}
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
