import { type AcceptedEvent, acceptEvent, type EventInput } from "@cairn/event";

/** Passes an event through the door of the server, in the form in which it travels. */
export function accepted(event: EventInput | undefined): AcceptedEvent["event"] {
  const context = { nowMs: 0, defaultSource: "api", describeAction: () => undefined };
  return acceptEvent(JSON.parse(JSON.stringify(event)), context).event;
}
