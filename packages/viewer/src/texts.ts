/** Every text of the viewer, in English; `CairnViewer.texts` takes others of the same shape. */
export const TEXTS = {
  label: "Audit log",
  filter: "Filter",
  filterHint: "Words, or a query such as outcome:denied",
  apply: "Apply",
  refresh: "Refresh",
  more: "Show more",
  loading: "Loading …",
  none: "No events.",
  noneMatch: "No event matches.",
  shown: (count: number, hasMore: boolean) =>
    `${count} ${count === 1 ? "event" : "events"}${hasMore ? ", and more" : ""}, newest first`,
  again: "Try again",
  away: "The log cannot be reached, or this page may not show it.",
  expired: "The access to the log has ended. Load the page again.",
  missing: "No access to the log was given.",
  mistake: "The filter has a mistake:",
  failed: "The log could not answer:",
  back: "Close",
  detail: "Event",
  open: (time: string, action: string, actor: string) => `${time}, open ${action} by ${actor}`,
  forgotten: "somebody forgotten",
  columns: {
    time: "Time",
    actor: "Actor",
    action: "Action",
    category: "Category",
    target: "Target",
    outcome: "Outcome",
    ip: "Address",
    description: "Description",
  } as Readonly<Record<string, string>>,
};

export type ViewerTexts = typeof TEXTS;
