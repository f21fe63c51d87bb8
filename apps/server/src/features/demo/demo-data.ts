import { clinicMoment, makeClinic } from "./clinic.ts";
import { clinicStories } from "./clinic-stories.ts";
import { companyMoment, makeCompany } from "./company.ts";
import { companyStories } from "./company-stories.ts";
import type { DemoEvent } from "./demo-event.ts";
import { type Random, randomFrom } from "./random.ts";
import type { Story } from "./story.ts";

/** Which demo data: the same for the same seed and end. */
export interface DemoOrder {
  readonly seed: number;
  /** The year before this is told, Unix milliseconds. */
  readonly endMs: number;
}

/** A tenant of the demo. */
export interface DemoTenant {
  readonly id: "clinic" | "saas";
  readonly name: string;
  readonly stories: readonly Story[];
  /** Oldest first, ready to be recorded. */
  readonly events: readonly object[];
}

/** Events of each tenant: enough to look like a year, few enough to be there in seconds. */
const TENANT_EVENTS = 25_000;
/** What every event of the demo is marked with. */
const LABELS = { demo: "true" } as const;
/** How things end that nobody says otherwise of. */
const SUCCESS = { result: "success" } as const;

/** The clinic and the company, one after the other. */
export function* demoTenants(order: DemoOrder): Generator<DemoTenant> {
  const { endMs } = order;
  const random = randomFrom(order.seed);
  const clinic = makeClinic(random);
  const atClinic = { stories: clinicStories(random, endMs), moment: () => clinicMoment(random, clinic, endMs) };
  yield { id: "clinic", name: "Lakeside Clinic (demo)", ...yearOf("clinic", atClinic, order) };
  const other: Random = randomFrom(order.seed + 1);
  const company = makeCompany(other);
  const atCompany = {
    stories: companyStories(other, company, endMs),
    moment: () => companyMoment(other, company, endMs),
  };
  yield { id: "saas", name: "Tidewell Software (demo)", ...yearOf("saas", atCompany, order) };
}

function yearOf(
  id: string,
  { stories, moment }: { readonly stories: readonly Story[]; readonly moment: () => DemoEvent },
  { seed, endMs }: DemoOrder,
): Pick<DemoTenant, "stories" | "events"> {
  const told = stories.flatMap(({ events }) => events);
  const ordinary = Array.from({ length: TENANT_EVENTS - told.length }, moment);
  const events = [...told, ...ordinary]
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(({ atMs, ...event }, i) => ({
      ...{ outcome: SUCCESS, ...event },
      id: `demo-${id}-${seed}-${endMs}-${i}`,
      occurred_at: new Date(atMs).toISOString(),
      labels: LABELS,
    }));
  return { stories, events };
}
