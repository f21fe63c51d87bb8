import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useApi } from "../api/api-context.ts";
import type { PresetsAnswer, Source, SourceKind } from "../api/source-answers.ts";

/** How often what has arrived is asked for: a first delivery should be seen by whoever waits for it. */
const REFRESH_MS = 5_000;

/** The sources of the tenant, kept up to date. */
export function useSources() {
  const api = useApi();
  return useQuery({
    queryKey: ["configured-sources"],
    queryFn: ({ signal }) => api.get<{ readonly sources: readonly Source[] }>("/v1/sources", signal),
    refetchInterval: REFRESH_MS,
  });
}

/** One source, kept up to date. */
export function useSource(id: string) {
  const api = useApi();
  return useQuery({
    queryKey: ["configured-sources", id],
    queryFn: ({ signal }) => api.get<Source>(`/v1/sources/${encodeURIComponent(id)}`, signal),
    refetchInterval: REFRESH_MS,
  });
}

/** The kinds of sources that this server knows. */
export function useKinds() {
  const api = useApi();
  return useQuery({
    queryKey: ["source-kinds"],
    queryFn: ({ signal }) => api.get<{ readonly kinds: readonly SourceKind[] }>("/v1/sources/kinds", signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The mappings that ship. */
export function usePresets() {
  const api = useApi();
  return useQuery({
    queryKey: ["mapping-presets"],
    queryFn: ({ signal }) => api.get<PresetsAnswer>("/v1/sources/presets", signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Has what is known of sources asked for again. */
export function useSourcesRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return useCallback(() => client.invalidateQueries({ queryKey: ["configured-sources"] }), [client]);
}
