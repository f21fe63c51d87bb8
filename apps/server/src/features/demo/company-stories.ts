import type { Company } from "./company.ts";
import { type DemoEvent, MINUTE_MS } from "./demo-event.ts";
import { actorOf, contextOf } from "./people.ts";
import type { Random } from "./random.ts";
import type { Story } from "./story.ts";
import { at } from "./working-time.ts";

/** What stands out in the company's year, and the queries that show it. */
export function companyStories(random: Random, company: Company, endMs: number): readonly Story[] {
  return [bruteForce(random, company, endMs), massExport(random, company, endMs), retentionChange(company, endMs)];
}

const ATTEMPTS = 412;
const ATTACKED = 6;
const ATTACKER = "198.51.100.23";

/** Hundreds of passwords are tried for six people from one address within a quarter of an hour, and one is right. */
function bruteForce(random: Random, { staff }: Company, endMs: number): Story {
  const victims = staff.slice(0, ATTACKED);
  const startMs = at(endMs, { daysBefore: 33, hour: 3, minute: 12 });
  const context = { ip: ATTACKER, user_agent: "python-requests/2.32" };
  const events = Array.from({ length: ATTEMPTS }, (_, i): DemoEvent => {
    const person = victims[i % ATTACKED]!;
    return {
      ...{
        atMs: startMs + i * 2_000 + random.below(1_500),
        category: "authentication",
        actor: actorOf(person),
        context,
      },
      action: "authentication.login.failed",
      outcome: { result: "failure", reason: "wrong password" },
      description: `${person.name} could not sign in: wrong password`,
    };
  });
  const found = victims[2]!;
  const endedMs = startMs + ATTEMPTS * 2_000 + 4_000;
  const success: DemoEvent = {
    ...{ atMs: endedMs, category: "authentication", actor: actorOf(found), context },
    action: "authentication.login.success",
    description: `${found.name} signed in`,
  };
  return { id: "brute-force", query: `action:authentication.login.* ip:${ATTACKER}`, events: [...events, success] };
}

const LISTS = 38;
const FIRST_RECORDS = 9_000;

/** Somebody who is about to leave takes the customer lists along, on a Sunday evening. */
function massExport(random: Random, { staff }: Company, endMs: number): Story {
  const leaver = staff.findLast(({ role }) => role === "sales")!;
  const weekday = new Date(endMs).getUTCDay();
  const startMs = at(endMs, { daysBefore: 14 + weekday, hour: 21, minute: 5 });
  const events = Array.from({ length: LISTS }, (_, i): DemoEvent => {
    const atMs = startMs + i * 2 * MINUTE_MS;
    const records = FIRST_RECORDS + random.below(4_000);
    return {
      ...{ atMs, action: "data.export.completed", category: "data_export", actor: actorOf(leaver) },
      ...{ context: contextOf(leaver, atMs), targets: [{ type: "report", id: `customers-${i + 1}` }] },
      details: { format: "csv", record_count: records },
      description: `${leaver.name} exported ${records} records`,
    };
  });
  return { id: "mass-export", query: "action:data.export.completed details.record_count:>5000", events };
}

/** Two days after the export somebody has recordings kept for 30 days instead of a year; a week later it is undone. */
function retentionChange({ staff }: Company, endMs: number): Story {
  const weekday = new Date(endMs).getUTCDay();
  const [first, second] = staff.filter(({ role }) => role === "administrator");
  const change = (person: typeof first, daysBefore: number, [before, after]: readonly string[]): DemoEvent => {
    const atMs = at(endMs, { daysBefore, hour: 16, minute: 42 });
    return {
      ...{ atMs, action: "settings.retention_policy.updated", category: "configuration", actor: actorOf(person!) },
      ...{ context: contextOf(person!, atMs), targets: [{ type: "setting", id: "call_recordings" }] },
      changes: [{ field: "retention_policy", before, after }],
      description: `${person!.name} changed how long call recordings are kept: ${before} → ${after}`,
    };
  };
  return {
    id: "retention-change",
    query: "action:settings.retention_policy.updated",
    events: [
      change(first, 12 + weekday, ["365 days", "30 days"]),
      change(second, 5 + weekday, ["30 days", "365 days"]),
    ],
  };
}
