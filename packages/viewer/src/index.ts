export { cellText, readColumns, showTime, USUAL_COLUMNS } from "./columns.ts";
export { joinQueries } from "./join-queries.ts";
export { type PathField, pathFields, pathValue } from "./path-value.ts";
export { TEXTS, type ViewerTexts } from "./texts.ts";
export {
  type AskForToken,
  createTokenKeeper,
  RENEW_AFTER_MS,
  TokenEnded,
  type TokenKeeper,
} from "./token-keeper.ts";
export {
  createViewerClient,
  PAGE_EVENTS,
  type ViewerClient,
  ViewerFailure,
  type ViewerPage,
  type ViewerProblem,
} from "./viewer-client.ts";
