import { ROLES, type Role } from "../api/access-answers.ts";

/** Groups of a provider and the roles that they give, or the first line that says neither. */
export type GroupRoles =
  | { readonly kind: "roles"; readonly roles: Readonly<Record<string, Role>> }
  | { readonly kind: "wrong"; readonly line: string };

/** Reads lines of the form `group = role`; of several equals signs the last one counts. */
export function readGroupRoles(text: string): GroupRoles {
  const roles: [string, Role][] = [];
  // A group's name may hold commas.
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line === "") continue;
    const at = line.lastIndexOf("=");
    const group = line.slice(0, at).trim();
    const role = ROLES.find(
      (each) =>
        each ===
        line
          .slice(at + 1)
          .trim()
          .toLowerCase(),
    );
    if (at < 0 || group === "" || role === undefined) return { kind: "wrong", line };
    roles.push([group, role]);
  }
  return { kind: "roles", roles: Object.fromEntries(roles) };
}

/** Writes what {@link readGroupRoles} reads. */
export function writeGroupRoles(roles: Readonly<Record<string, Role>>): string {
  return Object.entries(roles)
    .map(([group, role]) => `${group} = ${role}`)
    .join("\n");
}
