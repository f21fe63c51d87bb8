import type { DemoEvent } from "./demo-event.ts";
import { actorOf, contextOf, type DemoPerson, staffOf } from "./people.ts";
import type { Random } from "./random.ts";
import { signIn } from "./sign-ins.ts";
import { workingTime } from "./working-time.ts";

/** A company that sells software: who works there. */
export interface Company {
  readonly staff: readonly DemoPerson[];
}

const JOBS = [
  { role: "sales", group: "sales", count: 12 },
  { role: "support", group: "support", count: 10 },
  { role: "engineer", group: "engineering", count: 14 },
  { role: "administrator", group: "operations", count: 3 },
];
/** More is a story of its own. */
const MAX_ORDINARY_RECORDS = 900;

/** Makes up a company. */
export function makeCompany(random: Random): Company {
  return { staff: staffOf(random, { domain: "tidewell.example", network: "203.0.113", jobs: JOBS }) };
}

/** An ordinary moment of a company's year. */
export function companyMoment(random: Random, { staff }: Company, endMs: number): DemoEvent {
  const person = random.pick(staff);
  const atMs = workingTime(random, endMs);
  const common = { atMs, actor: actorOf(person), context: contextOf(person, atMs) };
  const { kind } = random.weighted(KINDS);
  const account = { type: "account", id: `acct-${random.below(400)}` };
  switch (kind) {
    case "sign-in":
      return signIn(random, person, atMs);
    case "document": {
      const verb = random.pick(["viewed", "viewed", "viewed", "created", "updated", "shared"]);
      const target = { type: "document", id: `doc-${random.below(3_000)}` };
      return {
        ...{ ...common, action: `document.${verb}`, category: "data_access", targets: [target] },
        description: `${person.name} ${verb} the document ${target.id}`,
      };
    }
    case "account":
      return {
        ...{ ...common, action: "account.viewed", category: "data_access", targets: [account] },
        description: `${person.name} looked at the account ${account.id}`,
      };
    case "export": {
      const records = 1 + random.below(MAX_ORDINARY_RECORDS);
      return {
        ...{ ...common, action: "data.export.completed", category: "data_export" },
        targets: [{ type: "report", id: `rep-${random.below(60)}` }],
        details: { format: "csv", record_count: records },
        description: `${person.name} exported ${records} records`,
      };
    }
    case "role": {
      const other = random.pick(staff);
      return {
        ...{ ...common, action: "role.granted", category: "permission" },
        targets: [{ type: "user", id: other.id, name: other.name }],
        changes: [{ field: "role", before: "viewer", after: random.pick(["editor", "viewer", "billing"]) }],
        description: `${person.name} changed the role of ${other.name}`,
      };
    }
    case "api":
      return {
        ...{ atMs, action: "api.called", category: "api", context: { client: { kind: "api", name: "sync" } } },
        actor: { type: "service", id: "crm-sync", name: "CRM sync" },
        targets: [account],
        details: { status: random.chance(0.98) ? 200 : 502 },
        description: `CRM sync read the account ${account.id}`,
      };
  }
}

const KINDS = [
  { weight: 16, kind: "sign-in" },
  { weight: 38, kind: "document" },
  { weight: 24, kind: "account" },
  { weight: 3, kind: "export" },
  { weight: 2, kind: "role" },
  { weight: 17, kind: "api" },
] as const;
