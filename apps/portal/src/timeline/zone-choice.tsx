import { t } from "../texts/texts.ts";
import { offsetLabel } from "../view/times.ts";
import { LOCAL_ZONE, localZoneName, type Zone, zoneNames } from "../view/zones.ts";

const STORED = "cairn.zone";

/** The zone that was chosen last in this browser. */
export function storedZone(): Zone {
  try {
    return localStorage.getItem(STORED) ?? LOCAL_ZONE;
  } catch {
    return LOCAL_ZONE;
  }
}

interface ZoneChoiceProps {
  /** IANA name. */
  readonly zone: string;
  readonly onZone: (zone: Zone) => void;
}

/** By which clock times are shown: any zone there is. The choice is kept for the next visit. */
export function ZoneChoice({ zone, onZone }: ZoneChoiceProps) {
  const own = localZoneName();
  const now = Date.now();
  const choose = (chosen: string) => {
    const kept = chosen === own ? LOCAL_ZONE : chosen;
    try {
      localStorage.setItem(STORED, kept);
    } catch {
      // Then it holds for this view only.
    }
    onZone(chosen);
  };
  const known = zoneNames();
  const regions = Map.groupBy(
    known.filter((name) => name.includes("/")),
    (name) => name.slice(0, name.indexOf("/")),
  );
  return (
    <p className="zone-choice">
      <label htmlFor="zone">{t.range.zone}</label>
      <select id="zone" value={zone} onChange={(event) => choose(event.target.value)}>
        <option value="UTC">UTC</option>
        {own !== "UTC" && <option value={own}>{t.range.ownZone(own, offsetLabel(own, now))}</option>}
        {[...regions].map(([region, names]) => (
          <optgroup key={region} label={region}>
            {names
              .filter((name) => name !== own)
              .map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
          </optgroup>
        ))}
        {zone !== own && !known.includes(zone) && <option value={zone}>{zone}</option>}
      </select>
    </p>
  );
}
