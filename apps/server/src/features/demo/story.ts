import type { DemoEvent } from "./demo-event.ts";

/** Something that happened among everything else. `docs/demo.md` tells it. */
export interface Story {
  readonly id: string;
  /** Finds exactly the events of the story. */
  readonly query: string;
  readonly events: readonly DemoEvent[];
}
