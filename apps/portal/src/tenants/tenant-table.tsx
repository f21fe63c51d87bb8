import type { Tenant } from "../api/access-answers.ts";
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
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keys scroll it sideways
    <section className="table-scroll" aria-label={t.pages.tenants} tabIndex={0}>
      <table className="facts-table">
        <thead>
          <tr>
            <th scope="col">{t.tenants.name}</th>
            <th scope="col">{t.tenants.state}</th>
            <th scope="col">{t.tenants.since}</th>
            <th scope="col">{t.tenants.ends}</th>
            <th scope="col">{t.tenants.domains}</th>
            <th scope="col">
              <span className="hidden">{t.members.deeds}</span>
            </th>
          </tr>
        </thead>
        <tbody>
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
                      <button
                        type="button"
                        className="button"
                        aria-label={t.tenants.visitOf(tenant.name)}
                        onClick={() => onVisit(tenant)}
                      >
                        {t.tenants.visit}
                      </button>
                      <button
                        type="button"
                        className="button"
                        aria-label={t.tenants.inviteTo(tenant.name)}
                        onClick={() => onInvite(tenant)}
                      >
                        {t.tenants.invite}
                      </button>
                    </>
                  )}
                  <button
                    type="button"
                    className="button"
                    aria-label={t.members.changeOf(tenant.name)}
                    onClick={() => onChange(tenant)}
                  >
                    {t.members.change}
                  </button>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
