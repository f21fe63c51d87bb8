import { expect, test } from "vitest";
import { readGroupRoles, writeGroupRoles } from "./group-roles.ts";

test("roles of groups come back as they were written, and a line that is none is named", () => {
  const roles = { "auditlog-admins": "administrator", "cn=staff, ou=all": "analyst" } as const;
  expect(readGroupRoles(writeGroupRoles({ "auditlog-admins": "administrator", "cn=staff": "analyst" }))).toEqual({
    kind: "roles",
    roles: { "auditlog-admins": "administrator", "cn=staff": "analyst" },
  });
  expect(readGroupRoles(" staff =  Analyst \n\n")).toEqual({ kind: "roles", roles: { staff: "analyst" } });
  expect(readGroupRoles(writeGroupRoles(roles))).toEqual({ kind: "roles", roles });
  for (const line of ["staff", "staff = king", "= analyst"])
    expect(readGroupRoles(`ok = owner\n${line}`)).toEqual({ kind: "wrong", line });
});
