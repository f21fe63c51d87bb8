import { useQuery } from "@tanstack/react-query";
import type { ExportJob } from "../api/answers.ts";
import { useApi } from "../api/api-context.ts";

const LOOK_MS = 1_000;
const IDLE_LOOK_MS = 30_000;

export interface ExportsHandle {
  /** Undefined until they are known. */
  readonly jobs: readonly ExportJob[] | undefined;
  readonly error: Error | null;
}

/** The tenant's exports, newest first; looked at every second while one is being made. */
export function useExports({ isOn }: { readonly isOn: boolean }): ExportsHandle {
  const api = useApi();
  const { data, error } = useQuery({
    queryKey: ["exports"],
    queryFn: ({ signal }) => api.exports(signal),
    enabled: isOn,
    refetchInterval: (query) => (query.state.data?.some(isUnderWay) === true ? LOOK_MS : IDLE_LOOK_MS),
  });
  return { jobs: data, error };
}

/** Tells whether an export is still being made. */
export function isUnderWay({ state }: ExportJob): boolean {
  return state === "queued" || state === "running";
}
