import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useApi } from "../api/api-context.ts";

/** What the project's categories are called, by the ids that events carry. */
export function useCategoryNames(): ReadonlyMap<string, string> {
  const api = useApi();
  const { data } = useQuery({
    queryKey: ["categories"],
    queryFn: ({ signal }) => api.categories(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return useMemo(() => new Map(data?.map(({ id, name }) => [id, name])), [data]);
}
