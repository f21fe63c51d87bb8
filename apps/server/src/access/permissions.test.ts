import { readFileSync } from "node:fs";
import { ROLES } from "@cairn/ledger";
import { expect, test } from "vitest";
import { can, canManage, PERMISSIONS, type Permission, permissionsOfRole, permissionsOfScopes } from "./permissions.ts";

const page = readFileSync(new URL("../../../../docs/access.md", import.meta.url), "utf8");

test("docs/access.md has the permission table as it is", () => {
  const rows = Object.entries(PERMISSIONS).map(([permission, what]) => {
    const marks = ROLES.map((role) => (can(role, permission as Permission) ? "●" : ""));
    return `| \`${permission}\` | ${what} | ${marks.join(" | ")} |`;
  });
  const header = [`| permission | lets | ${ROLES.join(" | ")} |`, `| --- | --- |${" :-: |".repeat(ROLES.length)}`];
  expect(page).toContain(`${[...header, ...rows].join("\n")}\n`);
});

test("a wall leaves reading, whatever the role", () => {
  for (const role of ROLES) expect([...permissionsOfRole(role, true)].toSorted()).toEqual(["events:read", "exports"]);
});

test("a key of a tenant reaches neither the project nor the instance", () => {
  const inTenant = permissionsOfScopes(["admin"], "tenant");
  for (const permission of ["tenants:create", "tenants:write", "projects:write", "instance:write", "grants:write"])
    expect(inTenant.has(permission as Permission)).toBe(false);
  expect(permissionsOfScopes(["admin"], "project").has("instance:write")).toBe(false);
  expect(permissionsOfScopes(["events:read"], "instance").has("instance:write")).toBe(false);
});

test("nobody hands out more than they have", () => {
  expect(canManage("administrator", "owner")).toBe(false);
  expect(canManage("administrator", "administrator")).toBe(true);
  expect(canManage("owner", "operator")).toBe(false);
});
