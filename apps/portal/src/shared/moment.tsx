import { ago } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import { showMinute } from "../view/times.ts";

interface MomentProps {
  /** RFC 3339; null for never. */
  readonly at: string | null;
  /** IANA name. */
  readonly zone: string;
}

/** How long ago something was; the exact time is at hand. */
export function Ago({ at, zone }: MomentProps) {
  if (at === null) return <span className="quiet">{t.forms.never}</span>;
  return (
    <time dateTime={at} title={showMinute(at, zone)}>
      {ago(Date.parse(at), Date.now())}
    </time>
  );
}

/** A moment to the minute. */
export function Moment({ at, zone }: MomentProps) {
  if (at === null) return <span className="quiet">{t.forms.none}</span>;
  return <time dateTime={at}>{showMinute(at, zone)}</time>;
}
