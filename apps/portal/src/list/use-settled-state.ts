import { useState } from "react";
import { LOADING_ROWS, type RowsState } from "../rows/rows.ts";

/** The list that is shown, and whether another is on its way. */
export interface SettledState {
  readonly state: RowsState;
  readonly isBusy: boolean;
}

/** While a new list is fetched, the one before stays on the screen; nothing flickers. A mistake takes its place at once. */
export function useSettledState(current: RowsState): SettledState {
  const [settled, setSettled] = useState<RowsState>(LOADING_ROWS);
  if (current.phase !== "loading" && current !== settled) setSettled(current);
  const isBusy = current.phase === "loading" && settled.length > 0;
  return { state: current.phase === "loading" && isBusy ? settled : current, isBusy };
}
