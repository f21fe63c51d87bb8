import { NORA } from "./clinic.ts";
import { type DemoEvent, MINUTE_MS } from "./demo-event.ts";
import { actorOf, contextOf } from "./people.ts";
import type { Random } from "./random.ts";
import type { Story } from "./story.ts";
import { at } from "./working-time.ts";

/** What stands out in the clinic's year, and the queries that show it. */
export function clinicStories(random: Random, endMs: number): readonly Story[] {
  return [snoopingColleague(random, endMs), sharedLogin(random, endMs)];
}

const SNOOPED_DAYS = 24;

/** A nurse of one ward reads the record of a colleague who is a patient elsewhere, night after night, for no treatment. */
function snoopingColleague(random: Random, endMs: number): Story {
  const patient = { type: "patient", id: "MRN-77013", name: "Tomas Brandt" };
  const events = Array.from({ length: SNOOPED_DAYS }, (_, i): DemoEvent => {
    const atMs = at(endMs, { daysBefore: 60 - i * 2, hour: 1 + random.below(3), minute: random.below(60) });
    return {
      ...{ atMs, action: "record.viewed", category: "patient_record", actor: actorOf(NORA), targets: [patient] },
      ...{ context: contextOf(NORA, atMs), details: { ward: "cardiology" } },
      description: `${NORA.name} viewed the record of ${patient.name}`,
    };
  });
  return {
    id: "snooping-colleague",
    query: "action:record.viewed actor.id:nora.lind target.id:MRN-77013 -purpose:treatment",
    events,
  };
}

const SHARED_ADDRESSES = ["192.0.2.71", "192.0.2.74", "192.0.2.88", "198.51.100.140", "198.51.100.9"];
const SHARED_DAYS = 30;

/** One name and password for the whole reception: signed in from several places within minutes. */
function sharedLogin(random: Random, endMs: number): Story {
  const actor = { type: "user", id: "frontdesk", name: "Front desk", groups: ["reception"] };
  const events = Array.from({ length: SHARED_DAYS }, (_, day) => day).flatMap((day) => {
    const startMs = at(endMs, { daysBefore: 90 - day * 3, hour: 8, minute: random.below(30) });
    return SHARED_ADDRESSES.slice(0, 2 + random.below(SHARED_ADDRESSES.length - 1)).map((ip, i): DemoEvent => {
      const atMs = startMs + i * (2 + random.below(5)) * MINUTE_MS;
      return {
        ...{ atMs, action: "authentication.login.success", category: "authentication", actor },
        ...{ context: { ip, session_id: `s-frontdesk-${day}-${i}` }, details: { method: "password" } },
        description: "Front desk signed in",
      };
    });
  });
  return { id: "shared-login", query: "action:authentication.login.success actor.id:frontdesk", events };
}
