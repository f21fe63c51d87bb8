const events = { one: "# event", other: "# events" };

/** The list of events, and what stands around it. */
export const LIST = {
  columns: {
    date: "Date",
    time: "Time",
    actor: "Actor",
    action: "Action",
    category: "Category",
    targets: "Targets",
    outcome: "Outcome",
    ip: "Address",
    occurred_at: "Time",
    target: "Target",
    verb: "Verb",
    description: "Description",
    "outcome.reason": "Reason",
    "actor.role": "Role",
    "actor.groups": "Groups",
    "actor.email": "E-mail",
    on_behalf_of: "On behalf of",
    location: "Location",
    "client.kind": "Client",
    "client.name": "Program",
    source: "Source",
    session: "Session",
    purpose: "Purpose",
    recipient: "Recipient",
    data_category: "Kind of data",
    "changes.field": "Changed",
    received_at: "Received",
    id: "Id",
    sequence: "Entry",
  } as Readonly<Record<string, string>>,

  range: {
    title: "Time",
    presets: "Ranges",
    all: "All time",
    last: { "24h": "Last 24 hours", "7d": "Last 7 days", "30d": "Last 30 days", "12M": "Last 12 months" },
    since: (from: string) => `Since ${from}`,
    until: (to: string) => `Until ${to}`,
    from: "From",
    to: "To",
    apply: "Show",
    form: "A day, or a day and a time: 2026-10-01 14:30. A day at the end is included.",
    unreadable: "This is no day: write it as 2026-10-01, or 2026-10-01 14:30.",
    backwards: "The end is before the beginning.",
    empty: "Say from when, or until when.",
    zone: "Time zone",
    ownZone: (name: string, offset: string) => `${name} (yours, ${offset})`,
  },

  histogram: {
    title: "Events over time",
    label: "Events over time. Arrow keys move, Shift and arrow keys mark a stretch, Enter shows it.",
    hint: "Drag to narrow the list to a stretch of time",
    top: (count: string) => `highest: ${count}`,
  },

  list: {
    label: "Events",
    loading: "Loading events",
    events,
    none: "No events",
    news: { one: "1 new event: show it", other: "# new events: show them" },
    changed: "The list has changed: show it as it is now",
    moreThan: (count: string) => `More than ${count}`,
    order: (field: string | undefined, order: "asc" | "desc") =>
      field === undefined
        ? order === "desc"
          ? "newest first"
          : "oldest first"
        : `by ${field.toLowerCase()}, ${order === "asc" ? "A to Z" : "Z to A"}`,
    stale: (title: string) => `${title}. This is what it said last.`,
    live: "Live",
    paused: "Paused",
    pauseHint: "New events are shown as they come in. Pause",
    liveHint: "New events are not shown. Go on",
    open: (time: string, action: string, actor: string) => `${time}, open ${action} by ${actor}`,
    filterBy: (term: string) => `Filter by ${term} (with Alt: leave it out)`,
    rail: "Place in time",
    beginning: "The beginning of the log, as far as this query goes.",
    end: "The end of the list.",
    more: "Loading more …",
  },

  view: {
    button: "View",
    title: "Columns and density",
    density: "Rows",
    densities: { dense: "Dense", usual: "Usual", roomy: "Roomy" },
    columns: "Columns",
    left: (name: string) => `Move ${name} to the left`,
    right: (name: string) => `Move ${name} to the right`,
    remove: (name: string) => `Leave out ${name}`,
    add: "Add a column: any field",
    addButton: "Add",
    reset: "The usual columns",
  },

  facets: {
    label: "Filters",
    button: "Filters",
    failed: "The counts are not to be had right now.",
    only: (name: string) => `Show ${name} (with Alt: leave it out)`,
    exclude: (name: string) => `Leave out ${name}`,
    fields: {
      category: "Category",
      "actor.groups": "User group",
      action: "Action",
      outcome: "Outcome",
      actor: "Actor",
      "target.type": "Target type",
      source: "Source",
      location: "Location",
      "client.kind": "Client",
      ip: "Address",
    },
  },

  empty: {
    title: "Nothing matches",
    text: "No event that search has seen matches this query.",
    inRange: "No event that search has seen matches this query in this stretch of time.",
    allTime: "Show all time",
    allEvents: "Show all events",
    byTime: "Sort by time",
    mistake: "The query has a mistake",
    mistakeText: "It is marked above, under the character where it is. Correct it and press Enter.",
  },

  first: {
    title: "Record your first event",
    text: "Put the key that the server printed when it started into `CAIRN_KEY`, or make one with `npx cairn keys create`. The event appears here within seconds.",
    copy: "Copy the command",
  },

  coverage: {
    label: "Since when there are records",
    since: (first: string, isBefore: boolean) =>
      isBefore
        ? `The first event of this log is of ${first}. What happened before was not recorded: that nothing is shown does not mean that nothing happened.`
        : `This log has records since ${first}.`,
    source: (source: string, first: string, last: string) => `${source}: from ${first} to ${last}`,
    noGaps: (unit: "hour" | "day") =>
      unit === "day"
        ? "There is no day without an event in this stretch of time."
        : "There is no hour without an event in this stretch of time.",
    gaps: (gaps: readonly string[]) =>
      `Nothing at all was recorded: ${gaps.join("; ")}. Nobody may have worked then, or nothing may have been sent.`,
  },
};
