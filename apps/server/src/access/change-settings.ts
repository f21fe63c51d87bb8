import { CairnError } from "@cairn/event";
import type { AccessChange, Project, Tenant } from "@cairn/ledger";
import type { ServerContext } from "../context.ts";

/** Changes at one time are few; each time round one of them is made. */
const MAX_ATTEMPTS = 30;

/**
 * Changes settings of a tenant, resting on what they are: when somebody else's change comes in between, it is done again
 * from what they are then, so that two who change different things at one time do not undo each other's. `act` has to make
 * the change given to it together with its own, which it does for each attempt anew.
 * @throws CairnError state_conflict when others are always faster; not_found
 */
export function changeTenant<T>(
  { side }: ServerContext,
  no: number,
  act: (tenant: Tenant, still: AccessChange) => Promise<T>,
): Promise<T> {
  return changeWhole(
    () => side.registry.tenant(no),
    (tenant) => act(tenant, { kind: "tenant_still", no, was: settingsOf(tenant) }),
  );
}

/** The same of a project. */
export function changeProject<T>(
  { side }: ServerContext,
  no: number,
  act: (project: Project, still: AccessChange) => Promise<T>,
): Promise<T> {
  return changeWhole(
    () => side.registry.projectOf(no),
    (project) => act(project, { kind: "project_still", no, was: settingsOf(project) }),
  );
}

async function changeWhole<Whole extends Pick<Project | Tenant, "name" | "settings">, T>(
  read: () => Whole | undefined,
  act: (whole: Whole) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const before = read();
    if (before === undefined) throw new CairnError("not_found", "there is no such thing");
    try {
      return await act(before);
    } catch (error) {
      const isConflict = error instanceof CairnError && error.code === "state_conflict";
      // What stands in the way otherwise would stand there again.
      if (!isConflict || attempt === MAX_ATTEMPTS || isSame(before, read())) throw error;
    }
  }
}

function isSame(a: Pick<Project | Tenant, "name" | "settings">, b: typeof a | undefined): boolean {
  return b !== undefined && JSON.stringify(settingsOf(a)) === JSON.stringify(settingsOf(b));
}

function settingsOf<Settings>({ name, settings }: { readonly name: string; readonly settings: Settings }) {
  return { name, settings };
}
