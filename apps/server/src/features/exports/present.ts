import type { Principal } from "../../access/principal.ts";
import type { StoredExport } from "../../exports/export-store.ts";
import { EXPORT_LIMITS } from "../../exports/limits.ts";

/** An export as the API shows it. */
export function presentExport(
  { id, state, createdAtMs, order, outcome }: StoredExport,
  { wall }: Pick<Principal, "wall">,
): object {
  const { done, total, file, error } = outcome;
  const { q, format, from, to } = order.request;
  return {
    id,
    state,
    format,
    ...(q === undefined ? {} : { q }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    progress: { done, total },
    file: file === undefined ? null : { ...file, url: `/v1/exports/${id}/file` },
    as_of: wall === undefined ? order.scope.asOf : null,
    created_at: new Date(createdAtMs).toISOString(),
    expires_at: new Date(createdAtMs + EXPORT_LIMITS.keepMs).toISOString(),
    ...(error === undefined ? {} : { error }),
  };
}
