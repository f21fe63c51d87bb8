import { SourceError } from "./source-error.ts";

const MAX_TENANT_CHARS = 100;

/**
 * Checks the name of a tenant that a record gives: it is never cut, because a cut name could be another tenant's.
 * @throws SourceError shape_invalid
 */
export function checkedTenant(name: string | undefined, pointer: string): string {
  if (name !== undefined && name.length <= MAX_TENANT_CHARS) return name;
  const message = name === undefined ? "the record names no customer" : "the name of the customer is too long";
  throw new SourceError("shape_invalid", message, { pointer });
}
