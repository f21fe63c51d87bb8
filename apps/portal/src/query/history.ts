const STORED = "cairn.queries";
const KEPT = 30;

/** The queries asked last in this tab, newest first. They name people: they go when the tab does. */
export function pastQueries(): readonly string[] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(STORED) ?? "[]");
    return Array.isArray(stored) ? stored.filter((query) => typeof query === "string") : [];
  } catch {
    return [];
  }
}

/** Keeps a query that was asked. */
export function keepQuery(query: string): void {
  const text = query.trim();
  if (text === "") return;
  try {
    const queries = [text, ...pastQueries().filter((each) => each !== text)].slice(0, KEPT);
    sessionStorage.setItem(STORED, JSON.stringify(queries));
  } catch {
    // Storage is switched off: then nothing is remembered.
  }
}
