// Identities must not repeat in one data directory, and making bodies costs more than taking them in. So some are made, with
// a token in the identity of each event, and before a body is sent again its tokens are changed in place.

/** What stands in a UUID before the turn: its version and its variant, and a mark that nothing else has. */
const MARK = "7c0d-8ec0-de";
const TURN_DIGITS = 4;
const FIRST_TURN = "0".repeat(TURN_DIGITS);
const MAX_TURNS = 16 ** TURN_DIGITS;
const EVENT_DIGITS = 4;
const MAX_EVENTS = 16 ** EVENT_DIGITS;
/** `01a20556-fffe-` */
const UUID_BEFORE_MARK = 14;

/** A body that can be sent again and again, with other identities each time. */
export interface RepeatableBody {
  readonly body: Buffer;
  /** The headers of this turn, as they stand in a request. */
  headers(): string;
  /** Changes the identities. Not while it is being sent. */
  turn(): void;
}

/** Gives an id of a number below 65,536 that will be another one on each turn. */
export function turningId(id: string, event: number): string {
  if (event >= MAX_EVENTS) throw new Error(`${event} is more than an id has digits for`);
  return `${id.slice(0, UUID_BEFORE_MARK)}${MARK}${FIRST_TURN}${event.toString(16).padStart(EVENT_DIGITS, "0")}00`;
}

/** Finds the tokens of a body. Two that go to one place under the same ids begin in different halves of the turns. */
export function repeatable(
  content: string | Buffer,
  { headers = {}, half }: { readonly headers?: Readonly<Record<string, string>>; readonly half: 0 | 1 },
): RepeatableBody {
  const body = typeof content === "string" ? Buffer.from(content) : content;
  const places = placesIn(body);
  const head = Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
  if (places.length === 0 && !head.includes(MARK)) throw new Error("a body has no identity that can be changed");
  let turns = 0;
  let digits = FIRST_TURN;
  function turn(): void {
    if (turns === MAX_TURNS / 2) throw new Error("a body was sent so often that its identities would repeat");
    digits = (half * (MAX_TURNS / 2) + turns++).toString(16).padStart(TURN_DIGITS, "0");
    for (const at of places) body.write(digits, at, "latin1");
  }
  turn();
  return {
    body,
    headers: () => (head === "" ? "" : head.replaceAll(TOKEN_TEXT, (_all, before: string) => before + digits)),
    turn,
  };
}

const TOKEN_TEXT = new RegExp(`(${MARK})${FIRST_TURN}`, "g");

function placesIn(body: Buffer): number[] {
  const token = Buffer.from(MARK);
  const places: number[] = [];
  for (let at = body.indexOf(token); at !== -1; at = body.indexOf(token, at + 1)) places.push(at + token.length);
  return places;
}
