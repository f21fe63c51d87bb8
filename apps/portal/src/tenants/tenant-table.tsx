import type { Tenant } from "../api/access-answers.ts";
import { DEEDS, Deed, FactsTable } from "../shared/facts-table.tsx";
import { Moment } from "../shared/moment.tsx";
import { t } from "../texts/texts.ts";
import { showMinute } from "../view/times.ts";

interface TenantTableProps {
  readonly tenants: readonly Tenant[];
  /** IANA name. */
  readonly zone: string;
  readonly onChange: (tenant: Tenant) => void;
  readonly onInvite: (tenant: Tenant) => void;
  readonly onVisit: ((tenant: Tenant) => void) | undefined;
}

/** The tenants of a project and how each stands. */
export function TenantTable({ tenants, zone, onChange, onInvite, onVisit }: TenantTableProps) {
  return (
    <FactsTable
      label={t.pages.tenants}
      columns={[t.tenants.name, t.tenants.state, t.tenants.since, t.tenants.ends, t.tenants.domains, DEEDS]}
    >
      {tenants.map((tenant) => (
        <tr key={tenant.id}>
          <th scope="row">
            {tenant.name}
            {tenant.name !== tenant.id && <span className="quiet under">{tenant.id}</span>}
          </th>
          <td>
            {tenant.deletion_due_at !== null ? (
              <span className="tag is-bad">{t.tenants.deletedOn(showMinute(tenant.deletion_due_at, zone))}</span>
            ) : tenant.suspended_at !== null ? (
              <span className="tag">{t.tenants.suspended}</span>
            ) : (
              t.tenants.open
            )}
          </td>
          <td>
            <Moment at={tenant.created_at} zone={zone} />
          </td>
          <td>
            <Moment at={tenant.expires_at} zone={zone} />
          </td>
          <td>{tenant.domains.join(", ")}</td>
          <td className="is-deed">
            <span className="deeds">
              {onVisit !== undefined && (
                <>
                  <Deed text={t.tenants.visit} label={t.tenants.visitOf(tenant.name)} onDo={() => onVisit(tenant)} />
                  <Deed text={t.tenants.invite} label={t.tenants.inviteTo(tenant.name)} onDo={() => onInvite(tenant)} />
                </>
              )}
              <Deed text={t.members.change} label={t.members.changeOf(tenant.name)} onDo={() => onChange(tenant)} />
            </span>
          </td>
        </tr>
      ))}
    </FactsTable>
  );
}
