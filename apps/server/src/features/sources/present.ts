import type { Source } from "@cairn/ledger";
import { shownTime } from "../../access/change-log.ts";
import type { ServerContext } from "../../context.ts";
import { kindOf, SOURCE_KINDS } from "../../sources/kinds.ts";
import { NO_COUNTS } from "../../sources/source-state.ts";

/** A source as the API shows it: everything but its secrets, and how far it has come. */
export function presentSource(context: ServerContext, source: Source): Record<string, unknown> {
  const { id, kind, name, settings, secrets } = source;
  const state = context.sources.states.get(id);
  const arrives = kindOf(kind)?.arrives ?? null;
  return {
    ...{ id, kind, name, enabled: source.isEnabled, arrives, settings, version: source.version },
    secrets: Object.keys(secrets).sort(),
    created_at: shownTime(source.createdAtMs),
    url: arrives === "webhook" ? webhookUrl(context, source) : null,
    since: shownTime(state.firstReceivedAtMs),
    last_received_at: shownTime(state.lastReceivedAtMs),
    last_polled_at: shownTime(state.lastPolledAtMs),
    counts: state.counts ?? NO_COUNTS,
    gap_count: state.gapCount ?? 0,
    gaps: state.gaps ?? [],
    problem:
      state.problem === undefined
        ? null
        : {
            message: state.problem.message,
            since: shownTime(state.problem.sinceMs),
            attempts: state.problem.attempts,
          },
    warnings: state.warnings ?? [],
  };
}

/** Where the other side sends events to. */
export function webhookUrl(context: Pick<ServerContext, "url">, { id }: Pick<Source, "id">): string {
  return `${context.url()}/v1/sources/${id}/events`;
}

/** What a change of a source is recorded with: values that people set, none of them secret. */
export function stateOf({ name, isEnabled, settings }: Source): Record<string, unknown> {
  const named = Object.entries(settings).map(([key, value]) => [
    `settings.${key}`,
    // As text: an event holds no JSON as deep as a definition may be.
    typeof value === "object" ? JSON.stringify(value) : value,
  ]);
  return { name, enabled: isEnabled, ...(Object.fromEntries(named) as Record<string, unknown>) };
}

/** The kinds there are, for whoever sets up a source. */
export function presentKinds(): Record<string, unknown>[] {
  return Object.entries(SOURCE_KINDS).map(([kind, { title, arrives, settings, secrets, fixed }]) => ({
    ...{ kind, title, arrives, settings, secrets, fixed },
  }));
}
