export { arbitraryEventInput, arbitraryJson } from "./arbitrary-event.ts";
