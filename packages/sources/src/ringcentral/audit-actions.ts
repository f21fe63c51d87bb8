import type { OutcomeResult, Verb } from "@cairn/event";
import { actionSegment } from "../core/action-name.ts";
import { lookUp } from "../core/json-values.ts";

/** What an `actionId` of the audit trail means. */
export interface AuditAction {
  readonly action: string;
  readonly verb: Verb;
  readonly category: string;
  readonly result: OutcomeResult;
}

type Row = readonly [pattern: RegExp, action: string, verb: Verb, category: string, result: OutcomeResult];

/** RingCentral publishes no list of action ids: they are told by their words. First match. */
const ROWS: readonly Row[] = [
  [/UNLOCK/, "account.unlocked", "update", "security", "success"],
  // Not BLOCK: a login that was blocked failed, a number that is blocked is a setting.
  [/(?<!B)LOCK/, "account.locked", "other", "security", "denied"],
  [/^LOGIN_?.*(?:FAIL|UNSUCC|INVALID|DENIED|BLOCK)/, "session.login", "login", "authentication", "failure"],
  [/^LOGIN/, "session.login", "login", "authentication", "success"],
  [/^LOGOUT/, "session.logout", "logout", "authentication", "success"],
  [/ROLE/, "access.role_changed", "grant", "permission", "success"],
  [/PERMISSION/, "access.permission_changed", "grant", "permission", "success"],
  [/^(?:UNFORCE|ENFORCE)_MFA/, "mfa.policy_changed", "update", "configuration", "success"],
  [/SECRET_INFO|PASSWORD|\bPIN\b/, "account.secret_changed", "update", "user_administration", "success"],
  [/RETENTION/, "config.retention_changed", "update", "configuration", "success"],
  [/EXPORT/, "config.export", "export", "data_export", "success"],
  [/USER/, "account.changed", "update", "user_administration", "success"],
];

const VERB_OF_TYPE: Readonly<Record<string, Verb>> = {
  CREATE: "create",
  UPDATE: "update",
  DELETE: "delete",
};

/** Tells what an action id means; one that matches nothing is a change of the configuration, under its own name. */
export function auditActionOf(actionId: string, eventType: string | undefined): AuditAction {
  const id = actionId.toUpperCase();
  const byType = lookUp(VERB_OF_TYPE, eventType?.toUpperCase());
  const row = ROWS.find(([pattern]) => pattern.test(id));
  if (row === undefined) {
    const action = `config.${actionSegment(actionId)}`;
    return { action, verb: byType ?? "update", category: "configuration", result: "success" };
  }
  const [, action, verb, category, result] = row;
  const isChange = verb === "update";
  return { action, verb: isChange ? (byType ?? verb) : verb, category, result };
}
