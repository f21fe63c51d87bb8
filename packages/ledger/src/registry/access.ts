import type { Keyring } from "../crypto/keyring.ts";
import { deriveKey } from "../crypto/seal.ts";
import type { Database } from "../storage/database.ts";
import { type ApiKey, ApiKeys, type PreparedApiKey } from "./api-keys.ts";
import { type MemberGroup, MemberGroups } from "./groups.ts";
import { type IdentityProvider, IdentityProviders } from "./identity-providers.ts";
import { type Invitation, Invitations } from "./invitations.ts";
import { type Member, Members } from "./members.ts";
import { type OwnEvent, OwnEvents } from "./own-events.ts";
import type { Project, ProjectSettings, Registry, TenantStanding } from "./registry.ts";
import { type SavedView, SavedViews } from "./saved-views.ts";
import { SealedRows } from "./sealed-rows.ts";
import { type Session, Sessions } from "./sessions.ts";
import { type Source, Sources } from "./sources.ts";
import { type SubjectFact, SubjectFacts } from "./subject-facts.ts";

/** One change of who may do what. */
export type AccessChange =
  | { readonly kind: "project"; readonly no: number; readonly name: string; readonly settings: ProjectSettings }
  | { readonly kind: "tenant"; readonly no: number; readonly standing: Partial<TenantStanding> }
  /** Change nothing: all others hold only while a tenant, or a project, is called and set so. */
  | { readonly kind: "tenant_still"; readonly no: number; readonly was: Pick<TenantStanding, "name" | "settings"> }
  | { readonly kind: "project_still"; readonly no: number; readonly was: Pick<Project, "name" | "settings"> }
  | { readonly kind: "domains"; readonly tenantNo: number; readonly domains: readonly string[] }
  | { readonly kind: "provider"; readonly provider: IdentityProvider }
  | { readonly kind: "no_provider"; readonly tenantNo: number }
  | { readonly kind: "member"; readonly member: Member }
  | { readonly kind: "group"; readonly group: MemberGroup }
  | { readonly kind: "no_group"; readonly id: string }
  | { readonly kind: "invitation"; readonly invitation: Invitation; readonly digest: Uint8Array }
  | { readonly kind: "invitation_used"; readonly digest: Uint8Array }
  | { readonly kind: "no_invitation"; readonly memberId: string }
  | { readonly kind: "session"; readonly session: Session; readonly digest: Uint8Array }
  | { readonly kind: "session_seen"; readonly id: string; readonly atMs: number }
  | { readonly kind: "no_session"; readonly id: string }
  | { readonly kind: "no_sessions_of"; readonly memberId: string }
  | { readonly kind: "ended_sessions"; readonly expiredMs: number; readonly idleSinceMs: number }
  | { readonly kind: "new_key"; readonly key: PreparedApiKey }
  | { readonly kind: "key"; readonly key: ApiKey }
  | { readonly kind: "key_used"; readonly id: string; readonly atMs: number }
  | { readonly kind: "source"; readonly source: Source }
  | {
      readonly kind: "source_state";
      readonly source: Pick<Source, "id" | "tenantNo">;
      readonly state: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: "no_source"; readonly id: string }
  | { readonly kind: "subject_fact"; readonly fact: SubjectFact }
  /** Changes nothing: all others hold only while a person has just these other references. */
  | { readonly kind: "same_still"; readonly tenantNo: number; readonly ref: string; readonly refs: readonly string[] }
  | { readonly kind: "view"; readonly view: SavedView }
  | { readonly kind: "no_view"; readonly id: string }
  | { readonly kind: "own_event"; readonly event: OwnEvent }
  | { readonly kind: "own_event_recorded"; readonly id: string };

/** Who may do what: reads over any connection, changes over the writer's. */
export class AccessStore {
  readonly members: Members;
  readonly groups: MemberGroups;
  readonly sessions: Sessions;
  readonly invitations: Invitations;
  readonly providers: IdentityProviders;
  readonly keys: ApiKeys;
  readonly sources: Sources;
  readonly subjectFacts: SubjectFacts;
  readonly views: SavedViews;
  readonly ownEvents: OwnEvents;
  private readonly db: Database;
  private readonly registry: Registry;

  constructor(
    db: Database,
    parts: { readonly keyring: Keyring; readonly serverSecret: Uint8Array; readonly registry: Registry },
  ) {
    const rows = new SealedRows(parts.keyring);
    this.db = db;
    this.registry = parts.registry;
    this.members = new Members(db, rows, deriveKey(parts.serverSecret, "member-emails"));
    this.groups = new MemberGroups(db, rows);
    this.sessions = new Sessions(db, rows);
    this.invitations = new Invitations(db);
    this.providers = new IdentityProviders(db, rows);
    this.keys = new ApiKeys(db, deriveKey(parts.serverSecret, "api-keys"));
    this.sources = new Sources(db, rows);
    this.subjectFacts = new SubjectFacts(db, parts.keyring);
    this.views = new SavedViews(db, rows);
    this.ownEvents = new OwnEvents(db, rows);
  }

  /** Makes changes in one transaction: all, or none and false when one rests on something that is not so any more. */
  apply(changes: readonly AccessChange[]): boolean {
    try {
      this.db.transaction(() => {
        for (const change of changes) if (!this.applyOne(change)) throw OVERTAKEN;
      });
      return true;
    } catch (error) {
      if (error === OVERTAKEN) return false;
      throw error;
    }
  }

  private applyOne(change: AccessChange): boolean {
    switch (change.kind) {
      case "project":
        this.registry.updateProject(change.no, change);
        return true;
      case "tenant":
        this.registry.updateTenant(change.no, change.standing);
        return true;
      case "tenant_still":
        return isSetSo(this.registry.tenant(change.no), change.was);
      case "project_still":
        return isSetSo(this.registry.projectOf(change.no), change.was);
      case "domains":
        return this.providers.setDomains(change.tenantNo, change.domains);
      case "provider":
        this.providers.put(change.provider);
        return true;
      case "no_provider":
        this.providers.delete(change.tenantNo);
        return true;
      case "member":
        return this.members.put(change.member);
      case "group":
        this.groups.put(change.group);
        return true;
      case "no_group":
        return this.groups.delete(change.id);
      case "invitation":
        this.invitations.put(change.invitation, change.digest);
        return true;
      case "invitation_used":
        return this.invitations.use(change.digest);
      case "no_invitation":
        this.invitations.deleteOf(change.memberId);
        return true;
      case "session":
        this.sessions.insert(change.session, change.digest);
        return true;
      case "session_seen":
        this.sessions.touch(change.id, change.atMs);
        return true;
      case "no_session":
        return this.sessions.delete(change.id);
      case "no_sessions_of":
        this.sessions.deleteOf(change.memberId);
        return true;
      case "ended_sessions":
        this.sessions.deleteEnded(change);
        return true;
      case "new_key":
        this.keys.insert(change.key);
        return true;
      case "key":
        this.keys.update(change.key);
        return true;
      case "key_used":
        this.keys.touch(change.id, change.atMs);
        return true;
      case "source":
        return this.sources.put(change.source);
      case "source_state":
        this.sources.putState(change.source, change.state);
        return true;
      case "no_source":
        return this.sources.delete(change.id);
      case "subject_fact":
        return this.subjectFacts.put(change.fact);
      case "same_still":
        return isSameSet(this.subjectFacts.sameAs(change.tenantNo, change.ref), change.refs);
      case "view":
        this.views.put(change.view);
        return true;
      case "no_view":
        return this.views.delete(change.id);
      case "own_event":
        this.ownEvents.put(change.event);
        return true;
      case "own_event_recorded":
        this.ownEvents.delete(change.id);
        return true;
    }
  }
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return new Set(a).symmetricDifference(new Set(b)).size === 0;
}

interface NamedSettings {
  readonly name: string;
  readonly settings: object;
}

/** Both are read from the same text, so that their members stand in the same order. */
function isSetSo(is: NamedSettings | undefined, was: NamedSettings): boolean {
  return is?.name === was.name && JSON.stringify(is.settings) === JSON.stringify(was.settings);
}

/** Ends a transaction whose ground has shifted. */
const OVERTAKEN = new Error("somebody else was first");
