import type { RecordedEvent } from "@cairn/event";
import { useQuery } from "@tanstack/react-query";
import { useApi } from "../api/api-context.ts";
import { sentenceOf } from "./sentence.ts";
import { fillTemplate } from "./template.ts";

/** Says what happened: in the producer's words, else by the catalog's template, else in a sentence made from the fields. */
export function useSentence(event: RecordedEvent): string {
  const api = useApi();
  const { data } = useQuery({
    queryKey: ["actions"],
    queryFn: ({ signal }) => api.actions(signal),
    staleTime: 60_000,
  });
  if (event.description !== undefined) return event.description;
  const template = data?.actions.find(({ action }) => action === event.action)?.description;
  const filled = template === undefined ? undefined : fillTemplate(template, event);
  return filled ?? sentenceOf(event);
}
