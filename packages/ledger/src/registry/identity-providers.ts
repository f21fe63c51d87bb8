import type { Database } from "../storage/database.ts";
import type { Role } from "./members.ts";
import type { SealedRows } from "./sealed-rows.ts";

/** Where a tenant's members prove who they are: an OpenID Connect provider. */
export interface IdentityProvider {
  readonly tenantNo: number;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Claim that lists the groups of a person. */
  readonly groupsClaim: string;
  /** Role for a group of the provider; the mightiest of a person's counts. */
  readonly roles: Readonly<Record<string, Role>>;
  /** Role of a person without such a group; undefined: they do not get in. */
  readonly defaultRole: Role | undefined;
}

/** One identity provider for a tenant, and the e-mail domains that belong to tenants. */
export class IdentityProviders {
  private readonly db: Database;
  private readonly rows: SealedRows;

  constructor(db: Database, rows: SealedRows) {
    this.db = db;
    this.rows = rows;
  }

  find(tenantNo: number): IdentityProvider | undefined {
    const row = this.db.get<{ sealed: Uint8Array }>(
      "SELECT sealed FROM identity_providers WHERE tenant_no = ?",
      tenantNo,
    );
    return row === undefined ? undefined : (this.rows.open(placeOf(tenantNo), row.sealed) as IdentityProvider);
  }

  put(provider: IdentityProvider): void {
    const { tenantNo } = provider;
    const sealed = this.rows.close(placeOf(tenantNo), provider);
    this.db.run("INSERT OR REPLACE INTO identity_providers VALUES (?, ?)", tenantNo, sealed);
  }

  delete(tenantNo: number): void {
    this.db.run("DELETE FROM identity_providers WHERE tenant_no = ?", tenantNo);
  }

  /** The tenant that an e-mail domain belongs to. */
  tenantOfDomain(domain: string): number | undefined {
    return this.db.get<{ tenant_no: number }>(
      "SELECT tenant_no FROM email_domains WHERE domain = ?",
      domain.toLowerCase(),
    )?.tenant_no;
  }

  domainsOf(tenantNo: number): string[] {
    return this.db
      .all<{ domain: string }>("SELECT domain FROM email_domains WHERE tenant_no = ? ORDER BY domain", tenantNo)
      .map(({ domain }) => domain);
  }

  /** Gives a tenant its domains; false when one of them belongs to another tenant. */
  setDomains(tenantNo: number, domains: readonly string[]): boolean {
    this.db.run("DELETE FROM email_domains WHERE tenant_no = ?", tenantNo);
    return domains.every(
      (domain) =>
        this.db.run("INSERT INTO email_domains VALUES (?, ?) ON CONFLICT DO NOTHING", domain.toLowerCase(), tenantNo)
          .changes === 1,
    );
  }
}

function placeOf(tenantNo: number) {
  return { tenantNo, kind: "identity-provider", id: "" };
}
