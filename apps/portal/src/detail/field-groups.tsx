import type { RecordedEvent } from "@cairn/event";
import { Fragment } from "react";
import { type Field, fieldGroups } from "../event/fields.ts";
import { FilterButton, type OnFilter } from "../list/filter-button.tsx";
import { showMoment } from "../view/times.ts";
import type { Zone } from "../view/view.ts";

interface FieldGroupsProps {
  readonly event: RecordedEvent;
  readonly zone: Zone;
  readonly onFilter: OnFilter;
}

/** Every field of an event, by groups; a value that can be searched for narrows the list. */
export function FieldGroups({ event, zone, onFilter }: FieldGroupsProps) {
  return fieldGroups(event).map(({ title, fields }) => (
    <section className="group" key={title}>
      <h3>{title}</h3>
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

interface FieldValuesProps {
  readonly field: Field;
  readonly zone: Zone;
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
          <FilterButton term={term} onFilter={onFilter}>
            {shown}
          </FilterButton>
        )}
      </Fragment>
    );
  });
}
