import { localZoneName } from "./times.ts";
import type { Zone } from "./view.ts";

const STORED = "cairn.zone";

/** The zone that was chosen last in this browser. */
export function storedZone(): Zone {
  try {
    return localStorage.getItem(STORED) === "utc" ? "utc" : "local";
  } catch {
    return "local";
  }
}

interface ZoneSwitchProps {
  readonly zone: Zone;
  readonly onChange: (zone: Zone) => void;
}

/** Says by which clock times are shown, and changes it. */
export function ZoneSwitch({ zone, onChange }: ZoneSwitchProps) {
  const choose = (chosen: Zone) => {
    try {
      localStorage.setItem(STORED, chosen);
    } catch {
      // Then it holds for this view only.
    }
    onChange(chosen);
  };
  // Nothing to choose: the reader's clock is UTC.
  if (localZoneName() === "UTC") return <p className="quiet">UTC</p>;
  const options = [
    ["local", "Local", localZoneName()],
    ["utc", "UTC", "Coordinated Universal Time"],
  ] as const;
  return (
    <fieldset className="zone">
      <legend className="hidden">Times are shown in</legend>
      {options.map(([value, label, name]) => (
        <label key={value} title={name}>
          <input type="radio" name="zone" checked={zone === value} onChange={() => choose(value)} />
          <span>
            {label}
            {value === "local" && <span className="zone-name"> ({name})</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
