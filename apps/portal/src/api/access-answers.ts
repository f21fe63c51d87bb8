/** Roles, the mightiest first. */
export const ROLES = ["operator", "owner", "administrator", "analyst", "auditor"] as const;
export type Role = (typeof ROLES)[number];

/** Everything that somebody can be allowed to do; docs/access.md has the table. */
export type Permission =
  | "events:read"
  | "exports"
  | "subjects:write"
  | "views:write"
  | "members:read"
  | "members:write"
  | "keys:read"
  | "keys:write"
  | "settings:read"
  | "settings:write"
  | "sources:read"
  | "sources:write"
  | "refused:read"
  | "sign-in:write"
  | "grants:write"
  | "viewer-tokens"
  | "tenants:write"
  | "projects:write"
  | "instance:write";

/** Who sends the requests of this page, and what they may do. */
export interface Who {
  readonly kind: "key" | "member" | "link" | "viewer";
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly role: Role | null;
  readonly project: string | null;
  readonly tenant: string | null;
  readonly permissions: readonly string[];
  readonly walled: boolean;
  readonly operator: boolean;
  /** The tenant requires a second factor: until it is set up nothing else can be done. */
  readonly second_factor_missing: boolean;
  readonly may_become_member: boolean;
}

/** How somebody can sign in. */
export type SignInMethod = "oidc" | "password" | "passkey";

export interface Member {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly state: "invited" | "active" | "removed";
  /** Ids of groups. */
  readonly groups: readonly string[];
  readonly wall: string | null;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly last_sign_in_at: string | null;
  readonly signs_in_with: readonly ("password" | "totp" | "passkey" | "oidc")[];
}

/** A member, with what only they see of themselves. */
export interface Self extends Member {
  readonly passkeys: readonly { readonly id: string; readonly name: string; readonly created_at: string }[];
  readonly recovery_codes_left: number;
}

/** A link that sets how to sign in, or where it was sent. */
export interface Invitation {
  readonly url?: string;
  readonly sent_to?: string;
  readonly expires_at: string;
}

export interface Group {
  readonly id: string;
  readonly name: string;
  readonly wall: string | null;
}

export interface Session {
  readonly id: string;
  /** Id of the member; null for the session of a link. */
  readonly member: string | null;
  readonly method: "password" | "passkey" | "oidc" | "link";
  readonly address: string;
  readonly user_agent: string;
  readonly created_at: string;
  readonly last_seen_at: string;
  readonly expires_at: string;
  readonly own: boolean;
}

/** Scopes of keys, in the order in which they are offered. */
export const SCOPES = [
  "events:write",
  "events:read",
  "exports",
  "catalog:write",
  "viewer-tokens",
  "tenants:create",
  "admin",
] as const;
export type Scope = (typeof SCOPES)[number];

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly of: "tenant" | "project";
  readonly addresses: readonly string[] | null;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
  /** Id of the key that takes its place. */
  readonly successor: string | null;
}

/** A key just made: its text is told this once. */
export interface NewKey extends ApiKey {
  readonly key: string;
}

export interface TenantSettings {
  readonly name: string;
  readonly person_target_types: readonly string[];
  readonly public_log: boolean;
  readonly second_factor_required: boolean;
  /** Null: as the instance has it. */
  readonly session_idle_minutes: number | null;
  readonly session_hours: number | null;
  /** Id of a shared view. */
  readonly default_view: string | null;
  /** What holds where the tenant says nothing, and more than which it cannot say. */
  readonly instance: { readonly session_idle_minutes: number; readonly session_hours: number };
  readonly operator_access_until: string | null;
}

export interface IdentityProvider {
  readonly issuer: string;
  readonly client_id: string;
  readonly groups_claim: string;
  readonly roles: Readonly<Record<string, Role>>;
  readonly default_role: Role | null;
}

export interface IdentityProviderAnswer {
  readonly provider: IdentityProvider | null;
  readonly domains: readonly string[];
  readonly redirect_uri: string;
}

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly free_text_is_personal: boolean;
  readonly allowed_origins: readonly string[];
}

export interface Tenant {
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly expires_at: string | null;
  readonly suspended_at: string | null;
  /** When the deletion that was asked for is done, unless it is cancelled. */
  readonly deletion_due_at: string | null;
  readonly domains: readonly string[];
  readonly created_at: string;
}
