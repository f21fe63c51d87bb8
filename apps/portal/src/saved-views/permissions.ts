import type { Who } from "../api/access-answers.ts";
import type { SavedView } from "../api/view-answers.ts";

type Looking = Pick<Who, "kind" | "permissions">;

/** Tells whether somebody may share views, and change those that are shared. */
export function canShare({ permissions }: Looking): boolean {
  return permissions.includes("views:write");
}

/** Tells whether somebody can save views at all: only members have views of their own. */
export function canSave(who: Looking): boolean {
  return who.kind === "member" || canShare(who);
}

/** Tells whether somebody may change a view that they see: of those that are not shared, they see their own only. */
export function canChange(who: Looking, { shared }: SavedView): boolean {
  return !shared || canShare(who);
}
