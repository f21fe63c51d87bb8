// What judges events that come in. A door of its own: only what takes events in needs the schema, and the library behind
// it is half of what a thread would load.
export { type CompileOptions, EventCompiler } from "../compile/event-compiler.ts";
export type { Lesson } from "../compile/lesson.ts";
export { EventSchema } from "../model/schema.ts";
export { acceptEvent, UNCATEGORIZED } from "./accept.ts";
