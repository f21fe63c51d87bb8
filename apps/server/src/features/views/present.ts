import type { SavedView, Tenant } from "@cairn/ledger";
import { shownTime } from "../../access/change-log.ts";

/** A view as the API shows it. */
export function presentView({ id, ownerId, isShared, createdAtMs, content }: SavedView, { settings }: Tenant): object {
  return {
    id,
    name: content.name,
    q: content.q,
    range: content.range ?? null,
    columns: content.columns ?? null,
    sort: content.sort ?? null,
    order: content.order ?? null,
    zone: content.zone ?? null,
    shared: isShared,
    default: isShared && settings.defaultView === id,
    owner: ownerId ?? null,
    created_at: shownTime(createdAtMs),
  };
}
