import type { Role, Scope } from "@cairn/ledger";

/** Everything somebody can be allowed to do, in words for `docs/access.md`. */
export const PERMISSIONS = {
  "events:read": "search and read events, follow the log, fetch proofs and tiles, read the catalog",
  exports: "make exports and fetch them",
  "events:write": "record events",
  "refused:read": "see events that were refused",
  "catalog:write": "declare actions and categories",
  "subjects:write": "say what people are called, by what they are known and in which groups they are",
  "views:write": "share views of the log, and choose the one that it opens with",
  "members:read": "see members, groups and sessions",
  "members:write": "invite, change and remove members and groups; end sessions of others",
  "keys:read": "see API keys",
  "keys:write": "make, change, rotate and revoke API keys",
  "settings:read": "see settings of the tenant",
  "settings:write": "change settings of the tenant",
  "sources:read": "see sources, and how far each has come",
  "sources:write": "set up, change, try and remove sources",
  "sign-in:write": "set up the identity provider",
  "grants:write": "let operators read the events for a time",
  "viewer-tokens": "make viewer tokens",
  "tenants:create": "make tenants of the project by recording for them",
  "tenants:write": "see, make and change tenants of a project, and when they expire",
  "projects:write": "see and change the settings of a project",
  "instance:write": "make projects; suspend, resume and delete tenants; assign e-mail domains",
} as const satisfies Record<string, string>;

export type Permission = keyof typeof PERMISSIONS;

const EVERYBODY: readonly Permission[] = ["events:read", "exports"];
const ADMINISTRATION: readonly Permission[] = [
  "catalog:write",
  "members:read",
  "members:write",
  "keys:read",
  "keys:write",
  "settings:read",
  "settings:write",
  "sources:read",
  "sources:write",
  "viewer-tokens",
];

/** What people are called, and what those who read share. */
const DIRECTORY: readonly Permission[] = ["subjects:write", "views:write"];

const BY_ROLE: Readonly<Record<Role, readonly Permission[]>> = {
  operator: [
    ...EVERYBODY,
    "refused:read",
    ...ADMINISTRATION,
    "views:write",
    "sign-in:write",
    "tenants:write",
    "projects:write",
    "instance:write",
  ],
  owner: [...EVERYBODY, "refused:read", ...ADMINISTRATION, ...DIRECTORY, "sign-in:write", "grants:write"],
  administrator: [...EVERYBODY, "refused:read", ...ADMINISTRATION, ...DIRECTORY],
  analyst: [...EVERYBODY, "refused:read", "settings:read", "sources:read", "views:write"],
  auditor: [...EVERYBODY, "settings:read"],
};

const ROLE_SETS = new Map(Object.entries(BY_ROLE).map(([role, list]) => [role as Role, new Set(list)]));

/** What an operator needs the tenant's grant for. */
export const CONTENT_PERMISSIONS: ReadonlySet<Permission> = new Set([
  "events:read",
  "exports",
  "refused:read",
  "views:write",
]);

/** What is left to somebody behind a wall: all else would lead around it, or tell of what is beyond. */
export const WALLED_PERMISSIONS: ReadonlySet<Permission> = new Set(EVERYBODY);

const TENANT_ADMIN: readonly Permission[] = ["refused:read", ...ADMINISTRATION, ...DIRECTORY, "sign-in:write"];
const BY_SCOPE: Readonly<Record<Scope, readonly Permission[]>> = {
  "events:write": ["events:write", "refused:read", "subjects:write"],
  "events:read": ["events:read"],
  exports: ["exports"],
  "catalog:write": ["catalog:write"],
  "tenants:create": ["tenants:create"],
  "viewer-tokens": ["viewer-tokens"],
  admin: ["events:write", ...EVERYBODY, ...TENANT_ADMIN],
};
/** What `admin` adds for a key of a whole project, and for one of the operator's tenant. */
const PROJECT_ADMIN: readonly Permission[] = ["tenants:create", "tenants:write", "projects:write"];
const INSTANCE_ADMIN: readonly Permission[] = ["tenants:write", "projects:write", "instance:write"];

/** The one permission table: tells whether a role may do something. */
export function can(role: Role, permission: Permission): boolean {
  return ROLE_SETS.get(role)?.has(permission) === true;
}

/** What a member may do: what the role says, behind a wall only what does not lead around it. */
export function permissionsOfRole(role: Role, isWalled: boolean): ReadonlySet<Permission> {
  const all = ROLE_SETS.get(role) ?? new Set<Permission>();
  return isWalled ? new Set([...all].filter((each) => WALLED_PERMISSIONS.has(each))) : all;
}

/** What a key may do by its scopes. */
export function permissionsOfScopes(
  scopes: readonly Scope[],
  of: "tenant" | "project" | "instance",
): ReadonlySet<Permission> {
  const permissions = new Set(scopes.flatMap((scope) => BY_SCOPE[scope] ?? []));
  const more = of === "instance" ? INSTANCE_ADMIN : of === "project" ? PROJECT_ADMIN : [];
  if (scopes.includes("admin")) for (const each of more) permissions.add(each);
  return permissions;
}

/** Roles that somebody may give to others and take from them: their own and those below; only owners make owners. */
export function canManage(own: Role, other: Role): boolean {
  const order: readonly Role[] = ["operator", "owner", "administrator", "analyst", "auditor"];
  return order.indexOf(own) <= order.indexOf(other);
}

/** The narrowest scope that gives a key a permission: what to tell whoever lacks it. */
export function scopeFor(permission: Permission): Scope {
  const scopes = Object.entries(BY_SCOPE) as [Scope, readonly Permission[]][];
  return scopes.find(([, permissions]) => permissions.includes(permission))?.[0] ?? "admin";
}
