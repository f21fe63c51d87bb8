/** What an action acts on. */
export type TargetKind = "document" | "patient" | "setting" | "none";

/** An action of the generated product. */
export interface GeneratedAction {
  readonly action: string;
  readonly category: string;
  /** The verb of its descriptions. */
  readonly word: string;
  /** How often it occurs, in relation to the others. */
  readonly weight: number;
  readonly target: TargetKind;
  readonly shape: DetailsShape;
}

/** Which details or changes an event has. */
export type DetailsShape = "reading" | "file" | "score" | "ticket" | "change";

type Row = readonly [action: string, word: string, weight: number, target: TargetKind, shape: DetailsShape];

const BY_CATEGORY: Readonly<Record<string, readonly Row[]>> = {
  documents: [
    ["document.viewed", "viewed", 300, "document", "reading"],
    ["document.created", "created", 40, "document", "file"],
    ["document.updated", "updated", 90, "document", "file"],
    ["document.deleted", "deleted", 8, "document", "ticket"],
    ["document.shared", "shared", 25, "document", "ticket"],
    ["document.downloaded", "downloaded", 45, "document", "file"],
    ["document.printed", "printed", 15, "document", "reading"],
  ],
  patients: [
    ["patient.record.viewed", "opened", 70, "patient", "reading"],
    ["patient.record.updated", "amended", 14, "patient", "change"],
    ["patient.record.exported", "exported", 3, "patient", "file"],
    ["patient.consent.granted", "noted", 3, "patient", "ticket"],
  ],
  access: [
    ["user.login.succeeded", "signed in", 60, "none", "ticket"],
    ["user.login.failed", "failed to sign in", 9, "none", "ticket"],
    ["user.logout", "signed out", 35, "none", "ticket"],
    ["user.mfa.challenged", "was challenged", 12, "none", "ticket"],
  ],
  search: [
    ["search.executed", "searched", 80, "none", "score"],
    ["search.saved", "saved", 5, "none", "ticket"],
    ["report.viewed", "viewed", 30, "document", "score"],
  ],
  administration: [
    ["user.created", "invited", 3, "setting", "change"],
    ["user.role.granted", "granted", 4, "setting", "change"],
    ["user.role.revoked", "revoked", 2, "setting", "change"],
    ["group.member.added", "added", 5, "setting", "change"],
  ],
  settings: [
    ["settings.retention_policy.updated", "changed", 3, "setting", "change"],
    ["settings.notification.updated", "changed", 6, "setting", "change"],
    ["settings.branding.updated", "changed", 2, "setting", "change"],
  ],
  messages: [
    ["message.sent", "sent", 55, "document", "file"],
    ["message.read", "read", 75, "document", "reading"],
    ["fax.opened", "opened", 12, "document", "reading"],
  ],
  integration: [
    ["connector.synced", "synced", 40, "setting", "score"],
    ["webhook.delivered", "delivered", 35, "none", "score"],
  ],
};

/** The 30 actions in 8 categories of the generated product. */
export const GENERATED_ACTIONS: readonly GeneratedAction[] = Object.entries(BY_CATEGORY).flatMap(([category, rows]) =>
  rows.map(([action, word, weight, target, shape]) => ({ action, category, word, weight, target, shape })),
);
