import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useApi } from "../api/api-context.ts";
import type { SavedContent, SavedView, SavedViewsAnswer } from "../api/view-answers.ts";

/** The views that whoever looks can open: their own, and shared ones. */
export function useSavedViews() {
  const api = useApi();
  return useQuery({
    queryKey: ["views"],
    queryFn: ({ signal }) => api.get<SavedViewsAnswer>("/v1/views", signal),
  });
}

/** What is written down of a view. */
export interface Writing {
  /** Of the view in whose place it is put; a new one without. */
  readonly id?: string;
  readonly content: SavedContent;
  readonly shared: boolean;
}

/** Saves a view, or puts what is shown in the place of a saved one. */
export function useSaveView() {
  const api = useApi();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ id, content, shared }: Writing) => {
      // What the list does by itself is left out.
      const said = Object.entries(content).filter(([, value]) => value !== null);
      const ask = { body: { ...Object.fromEntries(said), shared } };
      return id === undefined
        ? api.send<SavedView>("POST", "/v1/views", ask)
        : api.send<SavedView>("PUT", `/v1/views/${id}`, ask);
    },
    onSuccess: refresh,
  });
}

/** Removes a view, by its id. */
export function useRemoveView() {
  const api = useApi();
  const refresh = useRefresh();
  return useMutation({ mutationFn: (id: string) => api.send("DELETE", `/v1/views/${id}`), onSuccess: refresh });
}

/** Chooses the view that the log opens with, by its id; null for none. */
export function useDefaultView() {
  const api = useApi();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (id: string | null) => api.send("PUT", "/v1/default-view", { body: { id } }),
    onSuccess: refresh,
  });
}

function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await client.invalidateQueries({ queryKey: ["views"] });
  };
}
