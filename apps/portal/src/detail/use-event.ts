import type { RecordedEvent } from "@cairn/event";
import { useEffect, useState } from "react";
import type { Place } from "../api/answers.ts";
import type { Api } from "../api/client.ts";
import { type Problem, problemOf } from "../api/problem.ts";

/** One event, as the ledger has it. */
export type EventState =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly event: RecordedEvent }
  | { readonly kind: "failed"; readonly problem: Problem };

/**
 * Reads an event by its place; what the list knows of it is shown meanwhile. A name may have been erased, or the event
 * deleted, since the list was fetched.
 */
export function useEvent(api: Api, { ledger, sequence }: Place, known: RecordedEvent | undefined): EventState {
  const [state, setState] = useState<EventState>(
    known === undefined ? { kind: "loading" } : { kind: "ready", event: known },
  );
  useEffect(() => {
    const given = new AbortController();
    api.event({ ledger, sequence }, given.signal).then(
      (event) => setState((shown) => (isShown(shown, event) ? shown : { kind: "ready", event })),
      (error: unknown) => {
        const problem = problemOf(error);
        if (problem === undefined) return;
        // While the server is away, what is on the screen stays.
        setState((shown) =>
          shown.kind === "ready" && problem.kind === "unreachable" ? shown : { kind: "failed", problem },
        );
      },
    );
    return () => given.abort();
  }, [api, ledger, sequence]);
  return state;
}

/** The same event must stay the same object: whoever proves it would begin again. */
function isShown(state: EventState, event: RecordedEvent): boolean {
  return state.kind === "ready" && JSON.stringify(state.event) === JSON.stringify(event);
}
