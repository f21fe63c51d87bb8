import { DEFAULT_CATEGORIES } from "@cairn/event";
import type { Registry } from "@cairn/ledger";

/** What an event of the server is about; which category that is depends on the project's list. */
export type CategoryKind = "people" | "sign-in" | "settings" | "keys" | "reading" | "provisioning";

/** Categories by which lists go, the best first; the last one is taken when the list has none of them. */
const WANTED: Readonly<Record<CategoryKind, readonly string[]>> = {
  people: ["user_administration", "administration"],
  "sign-in": ["authentication", "user_access", "administration"],
  settings: ["administration_settings", "administration"],
  keys: ["administration", "administration_settings"],
  reading: ["administration", "user_access"],
  provisioning: ["provisioning_api", "administration"],
};

/** The category of the tenant's project that an event of the server belongs to. */
export function categoryFor(
  registry: Registry,
  { tenantNo, category }: { readonly tenantNo: number; readonly category: CategoryKind },
): string {
  const projectNo = registry.tenant(tenantNo)?.projectNo;
  const list =
    (projectNo === undefined ? undefined : registry.projectSettings(projectNo).categories) ?? DEFAULT_CATEGORIES;
  const wanted = WANTED[category];
  return wanted.find((id) => list.some((each) => each.id === id)) ?? wanted.at(-1)!;
}
