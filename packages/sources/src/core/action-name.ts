/** Two segments and a few dots fit the 200 characters of an action. */
const MAX_SEGMENT_CHARS = 90;

/** Names are read so far: beyond it nothing fits an action, and finding words in endless capitals takes its time squared. */
const MAX_READ_CHARS = 500;

/** Makes one segment of an action of any text: lower-case letters, digits, `_` and `-`, beginning with one of the first two. */
export function actionSegment(text: string): string {
  const segment = text
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "_")
    .replace(/^[_-]+/, "")
    .slice(0, MAX_SEGMENT_CHARS);
  return segment === "" ? "unknown" : segment;
}

/** Actions made lately: a source says the same few again and again. */
const made = new Map<string, string>();
const MAX_MADE = 5_000;

/** Makes an action of a text whose segments are parted by dots or colons: `User: Log In` becomes `user.log_in`. */
export function actionOf(text: string): string {
  const known = made.get(text);
  if (known !== undefined) return known;
  const action = makeAction(text.slice(0, MAX_READ_CHARS));
  if (made.size >= MAX_MADE) made.clear();
  if (text.length <= MAX_READ_CHARS) made.set(text, action);
  return action;
}

function makeAction(text: string): string {
  const segments = text
    .split(/[.:/]+/)
    .map((segment) => segment.trim())
    .filter((segment) => /[A-Za-z0-9]/.test(segment))
    .map((segment) => actionSegment(segment).replace(/[_-]+$/, ""));
  return segments.length === 0 ? "unknown" : cutAtSegment(segments.join("."));
}

const MAX_ACTION_CHARS = 200;

function cutAtSegment(action: string): string {
  if (action.length <= MAX_ACTION_CHARS) return action;
  const end = action.lastIndexOf(".", MAX_ACTION_CHARS);
  return action.slice(0, end > 0 ? end : MAX_ACTION_CHARS);
}

/** Parts the words of a name: `ListSSHPublicKeys` becomes `list_ssh_public_keys`. */
export function snakeCase(name: string): string {
  return name
    .slice(0, MAX_READ_CHARS)
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
}
