import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Project, Tenant } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import type { TenantName } from "../api/credential.ts";
import { useWho } from "../api/who-context.ts";
import { Page, PageProblem } from "../frame/page.tsx";
import { InviteDialog } from "../members/invite-dialog.tsx";
import { SelectField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import { NewProjectDialog, NewTenantDialog } from "./new-dialogs.tsx";
import { ProjectPanel } from "./project-panel.tsx";
import { TenantDialog } from "./tenant-dialog.tsx";
import { TenantTable } from "./tenant-table.tsx";
import { useTenants } from "./use-tenants.ts";

interface TenantsPageProps {
  /** IANA name. */
  readonly zone: string;
  /** Looks at a tenant's own pages. */
  readonly onVisit: (at: TenantName | undefined) => void;
}

/** What a window over the page is about. */
type Open =
  | { readonly kind: "new-project" | "new-tenant" }
  | { readonly kind: "change" | "invite"; readonly tenant: Tenant };

/** Projects of the instance, and the tenants of each: made, given an end, suspended, deleted. */
export default function TenantsPage({ zone, onVisit }: TenantsPageProps) {
  const api = useApi();
  const who = useWho();
  const [chosen, setChosen] = useState<string>();
  const [open, setOpen] = useState<Open>();
  const { data, error } = useQuery({
    queryKey: ["projects"],
    queryFn: ({ signal }) => api.get<{ readonly projects: readonly Project[] }>("/v1/projects", signal),
  });
  const projects = data?.projects ?? [];
  const project =
    projects.find(({ id }) => id === chosen) ?? projects.find(({ id }) => id !== "operator") ?? projects[0];
  const tenants = useTenants(project?.id);
  const close = () => setOpen(undefined);
  return (
    <Page
      title={t.pages.tenants}
      lead={t.tenants.lead}
      tools={
        who.can("instance:write") && (
          <button type="button" className="button" onClick={() => setOpen({ kind: "new-project" })}>
            {t.tenants.newProject}
          </button>
        )
      }
    >
      {project === undefined ? (
        <PageProblem error={error} />
      ) : (
        <>
          {projects.length > 1 && (
            <div className="page-filter">
              <SelectField
                label={t.tenants.project}
                value={project.id}
                options={projects.map(({ id, name }) => [id, name === id ? id : `${name} (${id})`])}
                onChange={setChosen}
              />
            </div>
          )}
          <section className="panel">
            <div className="panel-head">
              <h2>{t.tenants.tenantsOf(project.name)}</h2>
              <button type="button" className="button primary" onClick={() => setOpen({ kind: "new-tenant" })}>
                {t.tenants.newTenant}
              </button>
            </div>
            {tenants.data === undefined ? (
              <PageProblem error={tenants.error} />
            ) : tenants.data.tenants.length === 0 ? (
              <p>{t.tenants.none}</p>
            ) : (
              <TenantTable
                tenants={tenants.data.tenants}
                zone={zone}
                onChange={(tenant) => setOpen({ kind: "change", tenant })}
                onInvite={(tenant) => setOpen({ kind: "invite", tenant })}
                onVisit={who.operator ? (tenant) => onVisit({ project: tenant.project, tenant: tenant.id }) : undefined}
              />
            )}
          </section>
          <ProjectPanel key={JSON.stringify(project)} project={project} />
        </>
      )}
      {open?.kind === "new-project" && <NewProjectDialog onMade={setChosen} onClose={close} />}
      {open?.kind === "new-tenant" && project !== undefined && <NewTenantDialog project={project.id} onClose={close} />}
      {open?.kind === "change" && (
        <TenantDialog
          tenant={tenants.data?.tenants.find(({ id }) => id === open.tenant.id) ?? open.tenant}
          zone={zone}
          onClose={close}
        />
      )}
      {open?.kind === "invite" && (
        <InviteDialog
          groups={[]}
          zone={zone}
          at={{ project: open.tenant.project, tenant: open.tenant.id }}
          onClose={close}
        />
      )}
    </Page>
  );
}
