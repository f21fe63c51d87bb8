import type { Random } from "./random.ts";

/** Somebody made up. */
export interface DemoPerson {
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  readonly role?: string;
  readonly groups?: readonly string[];
  readonly address: string;
  readonly agent: string;
}

const FIRST = (
  "Ada Amir Bea Boris Carla Chen Dario Dina Edith Emre Fay Felix Greta Hamid Hana Ida Ivo Jonas June Kofi Lea Lior Mara Mateo Mina Nils Noor Olga " +
  "Omar Paula Pavel Priya Quinn Rosa Ruben Salma Sven Tara Theo Uma Vera Viktor Wanda Yara Yusuf Zoe"
).split(" ");
const LAST = (
  "Abara Almeida Bauer Becker Castro Chandra Dahl Demir Eklund Faber Ferrari Gallo Haas Ito Jansen Kaya Keller Kowal Larsen Lopes Maas Mbeki Moreau Nagy " +
  "Novak Okafor Orlov Patel Petit Rahman Rossi Sato Silva Sharma Tamm Torres Ueda Vargas Weber Wolf Yilmaz Zeman"
).split(" ");
const AGENTS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15",
  "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
];

/** A name that somebody could have. */
export function nameFrom(random: Random): string {
  return `${random.pick(FIRST)} ${random.pick(LAST)}`;
}

/** People who work somewhere, each with an address in the network of the house (RFC 5737: for documentation). */
export function staffOf(
  random: Random,
  house: {
    readonly domain: string;
    readonly network: string;
    readonly jobs: readonly { readonly role: string; readonly group: string; readonly count: number }[];
  },
): DemoPerson[] {
  const taken = new Set<string>();
  return house.jobs.flatMap(({ role, group, count }) =>
    Array.from({ length: count }, () => {
      const name = nameFrom(random);
      const [first = "", last = ""] = name.toLowerCase().split(" ");
      let id = `${first}.${last}`;
      for (let more = 2; taken.has(id); more++) id = `${first}.${last}${more}`;
      taken.add(id);
      const address = `${house.network}.${10 + random.below(60)}`;
      return { id, name, email: `${id}@${house.domain}`, role, groups: [group], address, agent: random.pick(AGENTS) };
    }),
  );
}

/** Somebody as the actor of an event. */
export function actorOf({ id, name, email, role, groups }: DemoPerson): Readonly<Record<string, unknown>> {
  return {
    ...{ type: "user", id, name },
    ...(email === undefined ? {} : { email }),
    ...(role === undefined ? {} : { role }),
    ...(groups === undefined ? {} : { groups }),
  };
}

/** Where somebody works from, in one of the day's sessions. */
export function contextOf({ id, address, agent }: DemoPerson, atMs: number): Readonly<Record<string, unknown>> {
  return { ip: address, user_agent: agent, session_id: `s-${id}-${Math.floor(atMs / SESSION_MS)}` };
}

const SESSION_MS = 4 * 3_600_000;
