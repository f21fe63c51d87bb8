import type { Source, SourceGap } from "../api/source-answers.ts";
import { writeTerm } from "../event/filter-term.ts";
import { formatView, PLAIN_VIEW, type View } from "../view/view.ts";

type ZoneChoice = View["zone"];

/** Where all sources are. */
export function sourcesLink(zone: ZoneChoice): string {
  return formatView({ ...PLAIN_VIEW, page: "sources", zone });
}

/** Where everything about a source is, by id. */
export function sourceLink(source: string, zone: ZoneChoice): string {
  return formatView({ ...PLAIN_VIEW, page: "sources", zone, source });
}

/** Where a source of a kind is set up; `which` asks for the kind. */
export function setUpLink(kind: string, zone: ZoneChoice): string {
  return formatView({ ...PLAIN_VIEW, page: "sources", zone, setUp: kind });
}

/** Where the events are that came by a source; undefined where they say their source themselves. */
export function createdLink({ event_source: source }: Source, zone: ZoneChoice): string | undefined {
  return source === null ? undefined : formatView({ ...PLAIN_VIEW, zone, query: writeTerm("source", source) });
}

/** Where the log says which times a source has gaps of. */
export function gapsLink({ event_source: source }: Source, zone: ZoneChoice): string {
  const query = ["action:source.gap", ...(source === null ? [] : [writeTerm("source", source)])].join(" ");
  return formatView({ ...PLAIN_VIEW, zone, query });
}

/** The log of the time of a gap; undefined where that time is not known. */
export function gapLink({ from, to }: SourceGap, zone: ZoneChoice): string | undefined {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  if (Number.isNaN(fromMs) || Number.isNaN(toMs)) return undefined;
  return formatView({ ...PLAIN_VIEW, zone, range: { kind: "between", fromMs, toMs } });
}
