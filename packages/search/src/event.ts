export { CairnError } from "../../event/src/model/errors.ts";
export type { CairnEvent, EventActor, EventPrincipal, Json } from "../../event/src/model/event.ts";
export type { SplitEvent, SubjectPart } from "../../event/src/personal/split.ts";
export * from "../../event/src/query/index.ts";
