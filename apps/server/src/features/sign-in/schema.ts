import Type, { type Static } from "typebox";

const closed = { additionalProperties: false } as const;
const optional = Type.Optional;
const Email = Type.String({ minLength: 3, maxLength: 320 });
/** The real bounds are told with a reason by whoever hashes. */
const Password = Type.String({ minLength: 1, maxLength: 400 });
const Name = Type.String({ minLength: 1, maxLength: 200 });
const Token = Type.String({ minLength: 1, maxLength: 200 });
const State = Type.String({ minLength: 1, maxLength: 2_000 });
const Id = Type.String({ maxLength: 100 });
/** What a browser's authenticator answered, as `PublicKeyCredential.toJSON()` writes it. */
const CredentialAnswer = Type.Object(
  {
    id: Type.String({ maxLength: 2_000 }),
    rawId: Type.String({ maxLength: 2_000 }),
    type: Type.String({ maxLength: 50 }),
    response: Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), { maxProperties: 20 }),
    clientExtensionResults: optional(Type.Unknown()),
    authenticatorAttachment: optional(Type.Unknown()),
  },
  closed,
);

export const SignInSchema = Type.Object(
  {
    email: Email,
    password: Password,
    code: optional(Type.String({ maxLength: 60, description: "Of the authenticator app, or a recovery code." })),
    project: optional(Id),
    tenant: optional(Id),
  },
  closed,
);
export type SignInBody = Static<typeof SignInSchema>;

export const MethodsSchema = Type.Object({ email: Email }, closed);
export type MethodsBody = Static<typeof MethodsSchema>;

export const OidcStartSchema = Type.Object({ email: Email }, closed);
export type OidcStart = Static<typeof OidcStartSchema>;

export const InvitationTokenSchema = Type.Object({ token: Token }, closed);
export type InvitationToken = Static<typeof InvitationTokenSchema>;
export const AcceptSchema = Type.Object({ token: Token, password: Password, name: optional(Name) }, closed);
export type Accept = Static<typeof AcceptSchema>;

export const PasskeySignInSchema = Type.Object({ state: State, response: CredentialAnswer }, closed);
export type PasskeySignIn = Static<typeof PasskeySignInSchema>;
export const NewPasskeySchema = Type.Object({ state: State, name: Name, response: CredentialAnswer }, closed);
export type NewPasskey = Static<typeof NewPasskeySchema>;
export const PasskeyParams = Type.Object({ id: Type.String({ maxLength: 1_500 }) });
export type PasskeyId = Static<typeof PasskeyParams>;

export const MyChangeSchema = Type.Object({ name: optional(Name) }, closed);
export type MyChange = Static<typeof MyChangeSchema>;
export const PasswordChangeSchema = Type.Object({ current: optional(Password), password: Password }, closed);
export type PasswordChange = Static<typeof PasswordChangeSchema>;
export const ProvenSchema = Type.Object({ password: Password }, closed);
export type Proven = Static<typeof ProvenSchema>;
export const TotpConfirmSchema = Type.Object({ state: State, code: Type.String({ pattern: "^\\d{6}$" }) }, closed);
export type TotpConfirm = Static<typeof TotpConfirmSchema>;
export const BecomeMemberSchema = Type.Object({ email: Email, name: Name, password: Password }, closed);
export type BecomeMember = Static<typeof BecomeMemberSchema>;
