import { type SyntheticEvent, useState } from "react";
import { Icon } from "../shared/icon.tsx";
import { Popover } from "../shared/popover.tsx";
import { t } from "../texts/texts.ts";
import { columnOf, OTHER_COLUMNS, USUAL_COLUMNS } from "./columns.ts";
import { DENSITIES, type Density } from "./density.ts";

interface ViewMenuProps {
  readonly columns: readonly string[];
  readonly density: Density;
  /** Undefined: the usual columns again. */
  readonly onColumns: (columns: readonly string[] | undefined) => void;
  readonly onDensity: (density: Density) => void;
}

/** Which columns the list has, in which order, and how close its rows stand. */
export function ViewMenu({ columns, density, onColumns, onDensity }: ViewMenuProps) {
  const [field, setField] = useState("");
  const offered = [...new Set([...USUAL_COLUMNS, ...OTHER_COLUMNS])].filter((name) => !columns.includes(name));
  const move = (at: number, by: number) => {
    const name = columns[at];
    if (name !== undefined) onColumns(columns.toSpliced(at, 1).toSpliced(at + by, 0, name));
  };
  const add = (event: SyntheticEvent) => {
    event.preventDefault();
    const name = field.trim();
    if (/^[A-Za-z_][\w.-]*$/.test(name) && !columns.includes(name)) onColumns([...columns, name]);
    setField("");
  };
  return (
    <Popover
      className="button"
      title={t.view.title}
      label={
        <>
          <Icon name="columns" />
          <span className="button-text">{t.view.button}</span>
        </>
      }
    >
      {() => (
        <div className="view-panel">
          <fieldset className="densities">
            <legend>{t.view.density}</legend>
            {DENSITIES.map((each) => (
              <label key={each}>
                <input type="radio" name="density" checked={density === each} onChange={() => onDensity(each)} />
                {t.view.densities[each]}
              </label>
            ))}
          </fieldset>
          <h2>{t.view.columns}</h2>
          <ul className="column-list">
            {columns.map((name, at) => {
              const { label } = columnOf(name);
              return (
                <li key={name}>
                  <span>{label}</span>
                  <button
                    type="button"
                    className="bare"
                    aria-label={t.view.left(label)}
                    disabled={at === 0}
                    onClick={() => move(at, -1)}
                  >
                    <Icon name="up" />
                  </button>
                  <button
                    type="button"
                    className="bare"
                    aria-label={t.view.right(label)}
                    disabled={at === columns.length - 1}
                    onClick={() => move(at, 1)}
                  >
                    <Icon name="down" />
                  </button>
                  <button
                    type="button"
                    className="bare"
                    aria-label={t.view.remove(label)}
                    disabled={columns.length === 1}
                    onClick={() => onColumns(columns.toSpliced(at, 1))}
                  >
                    <Icon name="cross" />
                  </button>
                </li>
              );
            })}
          </ul>
          <form className="column-add" onSubmit={add}>
            <label htmlFor="column-field">{t.view.add}</label>
            <input
              id="column-field"
              list="column-fields"
              value={field}
              placeholder="details.pages"
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setField(event.target.value)}
            />
            <datalist id="column-fields">
              {offered.map((name) => (
                <option key={name} value={name}>
                  {columnOf(name).label}
                </option>
              ))}
            </datalist>
            <button type="submit" className="button">
              {t.view.addButton}
            </button>
          </form>
          <button type="button" className="button" onClick={() => onColumns(undefined)}>
            {t.view.reset}
          </button>
        </div>
      )}
    </Popover>
  );
}
