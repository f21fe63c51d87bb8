import type { AcceptedEvent, EventInput } from "@cairn/event";
import { acceptEvent } from "@cairn/event/door";

/** Passes an event through the door of the server, in the form in which it travels. */
export function accepted(event: EventInput | undefined): AcceptedEvent["event"] {
  const context = { nowMs: 0, defaultSource: "api", describeAction: () => undefined };
  return acceptEvent(JSON.parse(JSON.stringify(event)), context).event;
}
