import type { DemoEvent } from "./demo-event.ts";
import { actorOf, contextOf, type DemoPerson, nameFrom, staffOf } from "./people.ts";
import type { Random } from "./random.ts";
import { signIn } from "./sign-ins.ts";
import { workingTime } from "./working-time.ts";

/** A clinic: who works there, and who is treated. */
export interface Clinic {
  readonly staff: readonly DemoPerson[];
  readonly patients: readonly { readonly id: string; readonly name: string }[];
}

const JOBS = [
  { role: "physician", group: "cardiology", count: 8 },
  { role: "nurse", group: "cardiology", count: 14 },
  { role: "physician", group: "radiology", count: 5 },
  { role: "nurse", group: "emergency", count: 16 },
  { role: "physician", group: "emergency", count: 7 },
  { role: "clerk", group: "reception", count: 6 },
  { role: "administrator", group: "it", count: 3 },
];
/** Of whom a story tells. */
export const NORA: DemoPerson = {
  ...{ id: "nora.lind", name: "Nora Lind", email: "nora.lind@lakeside.example", role: "nurse", groups: ["emergency"] },
  ...{ address: "192.0.2.33", agent: "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0" },
};
const PATIENTS = 900;
const FIRST_NUMBER = 40_000;

/** Makes up a clinic. */
export function makeClinic(random: Random): Clinic {
  return {
    staff: [...staffOf(random, { domain: "lakeside.example", network: "192.0.2", jobs: JOBS }), NORA],
    patients: Array.from({ length: PATIENTS }, (_, i) => ({ id: `MRN-${FIRST_NUMBER + i}`, name: nameFrom(random) })),
  };
}

/** An ordinary moment of a clinic's year. */
export function clinicMoment(random: Random, { staff, patients }: Clinic, endMs: number): DemoEvent {
  const person = random.pick(staff);
  const atMs = workingTime(random, endMs);
  const patient = random.pick(patients);
  const common = { atMs, actor: actorOf(person), context: contextOf(person, atMs) };
  const about = { targets: [{ type: "patient", ...patient }], details: { ward: person.groups?.[0] } };
  const { kind } = random.weighted(KINDS);
  switch (kind) {
    case "sign-in":
      return signIn(random, person, atMs);
    case "viewed":
      return {
        ...{ ...common, ...about, action: "record.viewed", category: "patient_record", purpose: "treatment" },
        description: `${person.name} viewed the record of ${patient.name}`,
      };
    case "updated":
      return {
        ...{ ...common, ...about, action: "record.updated", category: "patient_record", purpose: "treatment" },
        changes: [{ field: "medication", before: random.pick(MEDICATION), after: random.pick(MEDICATION) }],
        description: `${person.name} changed the record of ${patient.name}`,
      };
    case "fax": {
      const fax = `fax-${random.below(100_000)}`;
      return {
        ...{ ...common, action: "fax.opened", category: "message_access" },
        targets: [
          { type: "fax", id: fax },
          { type: "patient", ...patient },
        ],
        description: `${person.name} opened a fax about ${patient.name}`,
      };
    }
    case "printed":
      return {
        ...{ ...common, ...about, action: "record.printed", category: "patient_record" },
        description: `${person.name} printed the record of ${patient.name}`,
      };
  }
}

const KINDS = [
  { weight: 18, kind: "sign-in" },
  { weight: 56, kind: "viewed" },
  { weight: 14, kind: "updated" },
  { weight: 9, kind: "fax" },
  { weight: 3, kind: "printed" },
] as const;
const MEDICATION = ["ASA 100 mg", "Bisoprolol 2.5 mg", "Ramipril 5 mg", "Metformin 500 mg", "none"];
