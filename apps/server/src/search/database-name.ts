/** Database of the index within the engine. */
export const INDEX_DATABASE = "cairn";
