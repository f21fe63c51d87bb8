import type { DemoEvent } from "./demo-event.ts";
import { actorOf, contextOf, type DemoPerson } from "./people.ts";
import type { Random } from "./random.ts";

/** How often somebody mistypes. */
const MISTYPED = 0.06;

/** An ordinary sign-in or sign-out. */
export function signIn(random: Random, person: DemoPerson, atMs: number): DemoEvent {
  const common = {
    atMs,
    category: "authentication",
    actor: actorOf(person),
    context: contextOf(person, atMs),
    details: { method: "password" },
  };
  if (random.chance(0.3))
    return { ...common, action: "authentication.logout", description: `${person.name} signed out` };
  if (random.chance(MISTYPED))
    return {
      ...common,
      action: "authentication.login.failed",
      outcome: { result: "failure", reason: "wrong password" },
      description: `${person.name} could not sign in: wrong password`,
    };
  return { ...common, action: "authentication.login.success", description: `${person.name} signed in` };
}
