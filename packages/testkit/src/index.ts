export { arbitraryEventInput, arbitraryJson } from "./arbitrary-event.ts";
export {
  createEventGenerator,
  type EventGenerator,
  GENERATED_EVENT_MAX_BYTES,
  type GenerateOptions,
} from "./generate-events.ts";
export { GENERATED_ACTIONS, type GeneratedAction } from "./generate-events-actions.ts";
export type { GeneratedSubject, GeneratedTarget } from "./generate-events-people.ts";
export { Random } from "./generate-events-random.ts";
export { type StartServerOptions, startServer, type TestKeyOptions, type TestServer } from "./test-server.ts";
