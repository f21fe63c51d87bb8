import type { Random } from "./generate-events-random.ts";

/** A person of the generated product, as its events show them. */
export interface GeneratedSubject {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  /** At work and elsewhere. */
  readonly ips: readonly [string, string];
  readonly userAgents: readonly [string, string];
}

/** Something that generated events act on. */
export interface GeneratedTarget {
  readonly type: string;
  readonly id: string;
  readonly name: string | undefined;
}

const FIRST =
  "Ana Ben Carla David Elena Farid Grace Hugo Ines Jonas Kira Leo Maria Nils Olga Paul Qiang Rosa Sven Tara Uma Victor Wanda Yusuf Zora".split(
    " ",
  );
const LAST =
  "Adler Brandt Castro Dahl Egger Fischer Garcia Haas Ito Jansen Keller Lopez Meyer Novak Okafor Peters Quist Rossi Silva Tanaka".split(
    " ",
  );
/** Names beyond ASCII, as every real directory has them; e-mail addresses stay ASCII. */
const BEYOND_ASCII = ["Zoë Müller", "José Muñoz", "Åsa Lindström", "François Lefèvre", "Łukasz Wójcik", "李雷"];
const ROLES = "nurse physician pharmacist clerk auditor manager analyst engineer administrator receptionist".split(" ");
const AGENTS = [
  "Firefox/141.0 (Windows NT 10.0)",
  "Chrome/140.0 (Windows NT 10.0)",
  "Chrome/139.0 (X11; Linux)",
  "Safari/18.5 (Macintosh)",
  "Safari/18.4 (iPhone)",
  "Chrome/140.0 (Android 15)",
  "CairnDesk/4.2.0 (Windows)",
];
const DOCUMENT_NAMES = ["Discharge letter", "Lab report", "Consent form", "Invoice", "Care plan", "Referral"];

/** Every n-th name is beyond ASCII. */
const BEYOND_ASCII_EVERY = 25;

/** How names are made. */
export interface NameOptions {
  readonly random: Random;
  readonly names: "some_beyond_ascii" | "ascii";
}

/** Makes the people who act. */
export function makeSubjects(count: number, { random, names }: NameOptions): GeneratedSubject[] {
  return Array.from({ length: count }, (_, i) => {
    const number = String(i).padStart(4, "0");
    const plain = `${FIRST[i % FIRST.length]} ${LAST[Math.floor(i / FIRST.length) % LAST.length]}`;
    const isBeyond = names === "some_beyond_ascii" && i % BEYOND_ASCII_EVERY === BEYOND_ASCII_EVERY - 1;
    const host = random.below(65_536);
    const home = i % 10 === 0 ? `2001:db8::${(host + 1).toString(16)}` : `198.51.100.${1 + (host % 254)}`;
    return {
      id: `u-${number}`,
      name: isBeyond ? BEYOND_ASCII[Math.floor(i / BEYOND_ASCII_EVERY) % BEYOND_ASCII.length]! : plain,
      email: `${plain.toLowerCase().replace(" ", ".")}${i < FIRST.length * LAST.length ? "" : number}@example.com`,
      role: random.pick(ROLES),
      ips: [`203.0.113.${1 + (host % 254)}`, home],
      userAgents: [random.pick(AGENTS), random.pick(AGENTS)],
    };
  });
}

/** Makes the things that are acted on: 5 % are patients, 2 % settings, the others documents. */
export function makeTargets(count: number, { random, names }: NameOptions): GeneratedTarget[] {
  return Array.from({ length: count }, (_, i) => {
    const number = String(i).padStart(5, "0");
    if (i % 20 === 7) {
      const isBeyond = names === "some_beyond_ascii" && i % (20 * BEYOND_ASCII_EVERY) === 7;
      const name = isBeyond ? random.pick(BEYOND_ASCII) : `${random.pick(FIRST)} ${random.pick(LAST)}`;
      return { type: "patient", id: `p-${number}`, name };
    }
    if (i % 50 === 11) return { type: "setting", id: `set-${number}`, name: undefined };
    const name = i % 3 === 0 ? `${random.pick(DOCUMENT_NAMES)} ${number}` : undefined;
    return { type: "document", id: `doc-${number}`, name };
  });
}

/** Programs that act: no person stands behind them. */
export const GENERATED_SERVICES: readonly string[] = ["svc-backup", "svc-sync", "svc-billing", "svc-import"];
