import { ROLES, SCOPES } from "@cairn/ledger";
import Type, { type Static } from "typebox";
import { WALL_CHARS } from "../../access/wall.ts";

const closed = { additionalProperties: false } as const;
const optional = Type.Optional;
const Name = Type.String({ minLength: 1, maxLength: 200 });
const Time = Type.String({ maxLength: 40, pattern: "^\\d{4}-\\d\\d-\\d\\dT", description: "RFC 3339." });
const orNull = <T extends ReturnType<typeof Type.String>>(schema: T) => Type.Union([schema, Type.Null()]);
const Wall = Type.String({ minLength: 1, maxLength: WALL_CHARS, description: "Query that nothing they read leaves." });
/** One sign before the at, a dot behind it: the mail server knows the rest. */
const EmailAddress = Type.String({ maxLength: 320, pattern: '^[^\\s@<>"]+@[^\\s@<>".]+(\\.[^\\s@<>".]+)*$' });
const RoleName = Type.Enum(ROLES as unknown as [(typeof ROLES)[number]]);
const Scopes = Type.Array(Type.Enum(SCOPES as unknown as [(typeof SCOPES)[number]]), { minItems: 1, maxItems: 20 });
const Networks = Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { minItems: 1, maxItems: 100 });
const GroupIds = Type.Array(Type.String({ maxLength: 40 }), { maxItems: 50 });
const Url = Type.String({ maxLength: 500, pattern: "^https?://" });

export const IdParams = Type.Object({ id: Type.String({ maxLength: 100 }) });
export type Id = Static<typeof IdParams>;

export const NewMemberSchema = Type.Object(
  {
    email: EmailAddress,
    name: optional(Name),
    role: RoleName,
    groups: optional(GroupIds),
    wall: optional(Wall),
    expires_at: optional(Time),
    send: optional(Type.Boolean({ description: "Send the invitation by mail; otherwise the answer has its link." })),
  },
  closed,
);
export type NewMember = Static<typeof NewMemberSchema>;

export const MemberChangeSchema = Type.Object(
  {
    name: optional(Name),
    role: optional(RoleName),
    groups: optional(GroupIds),
    wall: optional(orNull(Wall)),
    expires_at: optional(orNull(Time)),
  },
  closed,
);
export type MemberChange = Static<typeof MemberChangeSchema>;

export const InvitationSchema = Type.Object({ send: optional(Type.Boolean()) }, closed);

export const NewGroupSchema = Type.Object({ name: Name, wall: optional(Wall) }, closed);
export type NewGroup = Static<typeof NewGroupSchema>;
export const GroupChangeSchema = Type.Object({ name: optional(Name), wall: optional(orNull(Wall)) }, closed);
export type GroupChange = Static<typeof GroupChangeSchema>;

const KeyOwner = Type.Enum(["tenant", "project"], { description: "Of whom the key is; `tenant` when absent." });
export const KeyQuerySchema = Type.Object({ of: optional(KeyOwner) }, closed);
export type KeyQuery = Static<typeof KeyQuerySchema>;
export const NewKeySchema = Type.Object(
  { name: Name, scopes: Scopes, expires_at: optional(Time), addresses: optional(Networks), of: optional(KeyOwner) },
  closed,
);
export type NewKey = Static<typeof NewKeySchema>;
export const KeyChangeSchema = Type.Object(
  {
    name: optional(Name),
    scopes: optional(Scopes),
    expires_at: optional(orNull(Time)),
    addresses: optional(Type.Union([Networks, Type.Null()])),
  },
  closed,
);
export type KeyChange = Static<typeof KeyChangeSchema>;
export const RotationSchema = Type.Object(
  {
    overlap_hours: optional(Type.Number({ minimum: 0, maximum: 720, description: "Both keys work; 24 when absent." })),
  },
  closed,
);
export type Rotation = Static<typeof RotationSchema>;

export const SettingsSchema = Type.Object(
  {
    name: optional(Name),
    person_target_types: optional(Type.Array(Name, { maxItems: 100 })),
    public_log: optional(Type.Boolean({ description: "Serve tiles and checkpoints without a key." })),
    second_factor_required: optional(Type.Boolean({ description: "Of members who sign in by password." })),
    // When a session was last used is noted once a minute.
    session_idle_minutes: optional(
      Type.Union([Type.Null(), Type.Integer({ minimum: 2 })], { description: "At most the instance's; null: those." }),
    ),
    session_hours: optional(
      Type.Union([Type.Null(), Type.Integer({ minimum: 1 })], { description: "At most the instance's; null: those." }),
    ),
  },
  closed,
);
export type Settings = Static<typeof SettingsSchema>;

export const OperatorAccessSchema = Type.Object({ expires_at: Time }, closed);
export type OperatorAccess = Static<typeof OperatorAccessSchema>;

export const ProviderSchema = Type.Object(
  {
    issuer: Url,
    client_id: Type.String({ minLength: 1, maxLength: 500 }),
    client_secret: optional(Type.String({ minLength: 1, maxLength: 1_000, description: "Absent: as it was." })),
    groups_claim: optional(Name),
    roles: optional(Type.Record(Type.String({ maxLength: 500 }), RoleName, { maxProperties: 200 })),
    default_role: optional(RoleName),
  },
  closed,
);
export type Provider = Static<typeof ProviderSchema>;

const ThingId = Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$" });
export const TenantParams = Type.Object({ tenant: Type.String({ maxLength: 100 }) });
export type TenantName = Static<typeof TenantParams>;
export const NewTenantSchema = Type.Object({ id: ThingId, name: optional(Name), expires_at: optional(Time) }, closed);
export type NewTenant = Static<typeof NewTenantSchema>;
export const TenantChangeSchema = Type.Object({ name: optional(Name), expires_at: optional(orNull(Time)) }, closed);
export type TenantChange = Static<typeof TenantChangeSchema>;
export const DomainsSchema = Type.Object(
  {
    domains: Type.Array(Type.String({ maxLength: 255, pattern: "^[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$" }), {
      maxItems: 50,
    }),
  },
  closed,
);
export type Domains = Static<typeof DomainsSchema>;

export const ProjectParams = Type.Object({ project: Type.String({ maxLength: 100 }) });
export type ProjectName = Static<typeof ProjectParams>;
export const NewProjectSchema = Type.Object({ id: ThingId, name: optional(Name) }, closed);
export type NewProject = Static<typeof NewProjectSchema>;
export const ProjectChangeSchema = Type.Object(
  {
    name: optional(Name),
    free_text_is_personal: optional(Type.Boolean()),
    allowed_origins: optional(
      Type.Array(Type.String({ maxLength: 300, pattern: "^https?://[^/?#\\s]+$" }), { maxItems: 50 }),
    ),
  },
  closed,
);
export type ProjectChange = Static<typeof ProjectChangeSchema>;

export const ViewerTokenSchema = Type.Object(
  {
    viewer: Type.String({ minLength: 1, maxLength: 200, description: "Who looks, as your product knows them." }),
    wall: optional(Wall),
  },
  closed,
);
export type ViewerTokenRequest = Static<typeof ViewerTokenSchema>;
