const TENANT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Tells whether a tenant that is made by its first event may be named like this. */
export function isTenantName(name: string): boolean {
  return TENANT_NAME.test(name);
}
