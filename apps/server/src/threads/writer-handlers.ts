import { statSync } from "node:fs";
import { setImmediate as afterOthers } from "node:timers/promises";
import { CairnError } from "@cairn/event";
import {
  CONTROL_LOG,
  CORE_SUBJECT,
  type CommitRequest,
  type CommitResult,
  commitHeads,
  createTenants,
  EVENT_LOG,
  hasDiskRoom,
  type LogState,
  releaseSpace,
  swapSegment,
  type Tenant,
  type TenantPeople,
  type WriterSide,
} from "@cairn/ledger";
import { tenantCreated } from "../access/tenant-created.ts";
import type { ActionDefinition } from "../catalog/definition.ts";
import { sealRefused } from "../refused-seal.ts";
import { GroupCommit } from "./group-commit.ts";
import type { CommitWork, SeenActions, WriterApi } from "./writer-api.ts";

const DAY_MS = 86_400_000;
/** How often the free disk is looked at. */
const DISK_CHECK_MS = 1_000;

/**
 * What the writer does for others, over the one connection that writes. `onCommitted` hears of every log that grew,
 * before the answer leaves.
 */
export function createWriterHandlers(side: WriterSide, onCommitted: (logs: readonly LogState[]) => void): WriterApi {
  let hasRoom = hasDiskRoom(side.paths.dataDir);
  const timer = setInterval(() => {
    hasRoom = hasDiskRoom(side.paths.dataDir);
    side.db.run("DELETE FROM refused WHERE refused_at < ?", Date.now() - DAY_MS);
  }, DISK_CHECK_MS);
  timer.unref();

  function writeSeen(seen: readonly SeenActions[]): void {
    const nowMs = Date.now();
    for (const { tenantNo, actions } of seen)
      for (const action of actions)
        side.db.run("INSERT OR IGNORE INTO seen_actions VALUES (?, ?, ?)", tenantNo, action, nowMs);
  }

  const group = new GroupCommit((requests: readonly CommitRequest[], seen: readonly SeenActions[]): CommitResult[] => {
    if (!hasRoom)
      throw new CairnError("disk_full", "less than 5 % or 2 GiB of the disk is free", { retryAfterSeconds: 60 });
    const results = side.writer.commit(requests, () => writeSeen(seen));
    const touched = new Set(results.filter((result) => result.committed > 0).map((result) => result.tenantNo));
    onCommitted([...touched].map((tenantNo) => side.writer.log(tenantNo, EVENT_LOG)));
    return results;
  });

  const logsOf = ({ no }: Tenant): LogState[] => [side.writer.log(no, CONTROL_LOG), side.writer.log(no, EVENT_LOG)];

  /** Makes tenants, and notes in the same transaction which key did so, to be recorded. */
  function make(requests: Parameters<typeof createTenants>[1], keyId: string | undefined): Tenant[] {
    let made: Tenant[] = [];
    try {
      side.db.transaction(() => {
        made = createTenants(side, requests);
        if (keyId === undefined) return;
        for (const tenant of made) side.access.ownEvents.put(tenantCreated(side.registry, tenant, keyId));
      });
    } catch (error) {
      // Their numbers are free again, and must not be taken for these.
      for (const { no } of made) side.writer.forget(no);
      throw error;
    }
    return made;
  }

  return {
    commit: (work: CommitWork) => group.add(work),
    resolvePeople: (wanted: readonly TenantPeople[]) => side.keyring.resolveAll(wanted),
    addIdentifiers: ({ tenantNo, ref, identifiers }: Parameters<WriterApi["addIdentifiers"]>[0]) =>
      side.keyring.addIdentifiers(tenantNo, ref, identifiers),
    createProject: ({ id, name, isTest }: Parameters<WriterApi["createProject"]>[0]) =>
      side.registry.project(id)?.no ??
      side.registry.createProject(id, { name, nowMs: Date.now(), ...(isTest === true ? { isTest } : {}) }),
    createTenant(request: Parameters<WriterApi["createTenant"]>[0]) {
      const known = side.registry.findAnyTenant(request.projectNo, request.id);
      if (known?.deletedAtMs !== undefined) throw new CairnError("not_found", "there is no such tenant");
      if (known?.suspendedAtMs !== undefined) throw new CairnError("tenant_suspended", "the tenant is suspended");
      if (known !== undefined) return known;
      const [tenant] = make([request], request.keyId) as [Tenant];
      onCommitted(logsOf(tenant));
      return tenant;
    },
    createTenants({ projectNo, ids, keyId }: Parameters<WriterApi["createTenants"]>[0]) {
      const known = new Map(ids.map((id) => [id, side.registry.findAnyTenant(projectNo, id)]));
      const missing = [...known].flatMap(([id, tenant]) => (tenant === undefined ? [{ projectNo, id }] : []));
      const made = missing.length === 0 ? [] : make(missing, keyId);
      for (const tenant of made) known.set(tenant.id, tenant);
      if (made.length > 0) onCommitted(made.flatMap(logsOf));
      return ids.map((id) => {
        const tenant = known.get(id);
        return tenant?.deletedAtMs === undefined && tenant?.suspendedAtMs === undefined ? tenant : undefined;
      });
    },
    changeAccess: ({ changes }: Parameters<WriterApi["changeAccess"]>[0]) => side.access.apply(changes),
    putAction({ projectNo, action, definition }: Parameters<WriterApi["putAction"]>[0]): ActionDefinition {
      const { version: _version, action: _action, ...content } = definition;
      const last = side.db.get<{ version: number; definition: string }>(
        "SELECT version, definition FROM actions WHERE project_no = ? AND action = ? ORDER BY version DESC LIMIT 1",
        projectNo,
        action,
      );
      const text = JSON.stringify(content);
      if (last?.definition === text) return { ...content, action, version: last.version };
      const version = (last?.version ?? 0) + 1;
      side.db.run("INSERT INTO actions VALUES (?, ?, ?, ?, ?)", projectNo, action, version, text, Date.now());
      return { ...content, action, version };
    },
    refuse({ tenantNo, refused }: Parameters<WriterApi["refuse"]>[0]) {
      const key = side.keyring.subjectKey(tenantNo, CORE_SUBJECT);
      if (key === undefined || !hasRoom) return;
      side.db.transaction(() => {
        for (const { refusedAtMs, error, event, source } of refused) {
          const place = { tenantNo, refusedAtMs };
          const body = sealRefused(key, Buffer.from(JSON.stringify({ error, event, source })), place);
          side.db.run(
            "INSERT INTO refused (tenant_no, refused_at, body) VALUES (?, ?, ?)",
            tenantNo,
            refusedAtMs,
            body,
          );
        }
      });
    },
    appendControl({ tenantNo, record }: Parameters<WriterApi["appendControl"]>[0]) {
      const place = side.writer.appendControl(tenantNo, record);
      onCommitted([side.writer.log(tenantNo, CONTROL_LOG)]);
      return place;
    },
    commitHeads: (updates: Parameters<WriterApi["commitHeads"]>[0]) => commitHeads(side.db, updates, Date.now()),
    swapSegment(swap: Parameters<WriterApi["swapSegment"]>[0]) {
      swapSegment(side.db, swap);
      // Rows written from now on are sealed under a new key; keys no row needs any more are destroyed.
      const keyNo = side.writer.rotateJournalKey(swap.tenantNo);
      const oldest = side.db.get<{ key_no: number | null }>(
        "SELECT min(key_no) AS key_no FROM journal WHERE tenant_no = ?",
        swap.tenantNo,
      );
      side.keyring.destroyJournalKeys(swap.tenantNo, oldest?.key_no ?? keyNo);
    },
    releaseSpace: () => releaseSpace(side.db),
    takeRunJob: () => side.identities.takeJob(),
    finishRunJob: ({ job, count, ...info }: Parameters<WriterApi["finishRunJob"]>[0]) =>
      side.identities.finishJob(job, info, count),
    failRunJob: () => side.identities.failJob(),
    setCursors({ follower, cursors }: Parameters<WriterApi["setCursors"]>[0]) {
      side.db.transaction(() => {
        for (const { tenantNo, ledger, sequence } of cursors) {
          side.db.run("INSERT OR REPLACE INTO cursors VALUES (?, ?, ?, ?)", follower, tenantNo, ledger, sequence);
        }
      });
    },
    saveExport({ id, tenantNo, createdAtMs, state, request, progress }: Parameters<WriterApi["saveExport"]>[0]) {
      side.db.run(
        "INSERT OR REPLACE INTO exports VALUES (?, ?, ?, ?, ?, ?)",
        id,
        tenantNo,
        createdAtMs,
        state,
        request,
        progress,
      );
    },
    deleteExport: ({ id }: Parameters<WriterApi["deleteExport"]>[0]) =>
      void side.db.run("DELETE FROM exports WHERE id = ?", id),
    confirmClock: () => side.clock.confirm(),
    async rotateKeys(which: Parameters<WriterApi["rotateKeys"]>[0]) {
      if (which !== "all" && !side.keyring.needsRotation(which.erasedBeforeMs)) return { isRotated: false };
      const rotation = side.keyring.startRotation(which);
      while (rotation.step()) await afterOthers();
      return { isRotated: true };
    },
    metrics: () => ({
      commits: group.commits,
      events: group.events,
      waiting: group.waiting,
      walBytes: walBytes(side.paths.database),
    }),
    async close() {
      await group.drain();
      clearInterval(timer);
      side.close();
    },
  };
}

function walBytes(database: string): number {
  try {
    return statSync(`${database}-wal`).size;
  } catch {
    return 0;
  }
}
