import type { Project, Registry, Tenant } from "@cairn/ledger";

/** What was looked up lately: a change made beside this process, if there were one, is seen after so long. */
const KEEP_MS = 2_000;
const MAX_KNOWN = 10_000;

interface Known<T> {
  readonly value: T;
  readonly atMs: number;
}

/** Tenants and projects by number, remembered for a moment: every request asks. Every change of access forgets them. */
export class RegistryCache {
  private readonly registry: Registry;
  private readonly tenants = new Map<number, Known<Tenant>>();
  private readonly projects = new Map<number, Known<Project>>();

  constructor(registry: Registry) {
    this.registry = registry;
  }

  forget(): void {
    this.tenants.clear();
    this.projects.clear();
  }

  tenant(no: number): Tenant | undefined {
    return remembered(this.tenants, no, () => this.registry.tenant(no));
  }

  project(no: number): Project | undefined {
    return remembered(this.projects, no, () => this.registry.projectOf(no));
  }
}

function remembered<T>(known: Map<number, Known<T>>, no: number, read: () => T | undefined): T | undefined {
  const nowMs = Date.now();
  const entry = known.get(no);
  if (entry !== undefined && nowMs - entry.atMs < KEEP_MS) return entry.value;
  const value = read();
  if (value === undefined) return undefined;
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(no, { value, atMs: nowMs });
  return value;
}
