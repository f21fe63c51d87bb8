// Compiles plain events from JSON bytes straight to the messages of their units. It knows nothing of its own about people,
// actions or tenants: whatever it meets for the first time it leaves to the caller, who teaches it the result.

export { bodyAt, outAt, layOut, paramAt, recordsAt, startsAt, valueStartsAt } from "./memory";
export { reset } from "./reset";
export { learn, usedBytes } from "./table";
export { child, pathEntry } from "./paths";
export { shapeCount, shapeEntry } from "./units";
export { categoryCount, categoryEntry } from "./event";
export { compileBody } from "./batch";
