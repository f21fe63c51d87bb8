import type { Api } from "../api/client.ts";
import type { SavedViewsAnswer } from "../api/view-answers.ts";
import type { View } from "../view/view.ts";
import { viewOf } from "./saved-view.ts";

/** The view that the tenant lets its log open with, for an address that says nothing. */
export async function beginningOf(api: Api, signal: AbortSignal): Promise<View | undefined> {
  if (location.hash !== "") return undefined;
  try {
    const { views, default: id } = await api.get<SavedViewsAnswer>("/v1/views", signal);
    const saved = views.find((each) => each.id === id);
    return saved === undefined ? undefined : viewOf(saved);
  } catch {
    // Then it opens with the plain list, which says by itself what is the matter.
    return undefined;
  }
}
