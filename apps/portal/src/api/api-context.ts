import { createContext, useContext } from "react";
import type { Api } from "./client.ts";

/** The calls that the page makes, for whoever needs them. */
export const ApiContext = createContext<Api | undefined>(undefined);

/** Gives the calls of the page. */
export function useApi(): Api {
  const api = useContext(ApiContext);
  if (api === undefined) throw new Error("BUG: a part of the page is shown without the API");
  return api;
}
