import type { Source } from "@cairn/ledger";
import { DEFINITION_PRESETS, DEFINITION_SCHEMA, PRESET_SAMPLES, SourceError } from "@cairn/sources";
import { shownTime } from "../../access/change-log.ts";
import type { ServerContext } from "../../context.ts";
import { cairnMapping } from "../../sources/folder/cairn-file.ts";
import { kindOf, SOURCE_KINDS, type SourceKind } from "../../sources/kinds.ts";
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
    event_source: eventSourceOf(context, source),
    url: urlOf(context, source),
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

/** What its events have as their `source`; null where the program does not know, or they say it themselves. */
function eventSourceOf(context: ServerContext, source: Source): string | null {
  if (kindOf(source.kind) === undefined) return null;
  try {
    const { mapping } = context.sources.readingOf(source);
    return mapping === cairnMapping ? null : mapping.name;
  } catch (error) {
    if (error instanceof SourceError) return null;
    throw error;
  }
}

/** Where its other side sends to; null of what is asked, or writes files. */
function urlOf(context: ServerContext, source: Source): string | null {
  switch (kindOf(source.kind)?.arrives) {
    case "webhook":
      return webhookUrl(context, source);
    case "listener": {
      const { transport, port } = source.settings;
      return `${String(transport)}://${new URL(context.url()).hostname}:${String(port)}`;
    }
    case "poller":
    case "folder":
    case undefined:
      return null;
  }
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

/** The kinds there are, for whoever sets up a source, and whether the operator of this server lets them be set up. */
export function presentKinds({ config }: Pick<ServerContext, "config">): Record<string, unknown>[] {
  return Object.entries(SOURCE_KINDS).map(([kind, { title, arrives, settings, secrets, fixed }]) => ({
    ...{ kind, title, arrives, settings, secrets, fixed },
    available: isAvailable(arrives, config),
    ...(arrives === "listener" ? { ports: config.syslogPorts ?? null } : {}),
  }));
}

function isAvailable(arrives: SourceKind["arrives"], { syslogPorts, watchDir }: ServerContext["config"]): boolean {
  if (arrives === "listener") return syslogPorts !== undefined;
  return arrives !== "folder" || watchDir !== undefined;
}

/** Definitions that ship, and what one is made of. */
export function presentPresets(): Record<string, unknown> {
  const presets = DEFINITION_PRESETS.map((definition) => ({
    ...{ name: definition.name, title: definition.title ?? definition.name, definition },
    sample: PRESET_SAMPLES[definition.name] ?? "",
  }));
  return { schema: DEFINITION_SCHEMA, presets };
}
