import type { Verb } from "@cairn/event";

/** Turns `s3.amazonaws.com` and `GetObject` into `s3.get_object`. */
export function cloudTrailAction(eventSource: string, eventName: string): string {
  const service = dotless(eventSource.replace(/\.amazonaws\.com(?:\.cn)?$/, ""));
  return `${service}.${dotless(snakeCase(eventName))}`;
}

/** `ListSSHPublicKeys` becomes `list_ssh_public_keys`. */
export function snakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
}

/** Makes one segment of an action of any text: lower-case letters, digits, `_` and `-`, beginning with one of the first two. */
function dotless(text: string): string {
  const segment = text
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "_")
    .replace(/^[_-]+/, "")
    .slice(0, MAX_SEGMENT_CHARS);
  return segment === "" ? "unknown" : segment;
}

/** Two segments fit the 200 characters of an action. */
const MAX_SEGMENT_CHARS = 90;

const VERB_OF_FIRST_WORD: Readonly<Record<string, Verb>> = {
  get: "read",
  list: "read",
  describe: "read",
  head: "read",
  batch_get: "read",
  lookup: "search",
  search: "search",
  query: "search",
  scan: "search",
  select: "search",
  create: "create",
  run: "create",
  register: "create",
  import: "create",
  allocate: "create",
  upload: "create",
  put: "update",
  update: "update",
  modify: "update",
  set: "update",
  tag: "update",
  untag: "update",
  enable: "update",
  disable: "update",
  start: "update",
  stop: "update",
  reset: "update",
  restore: "update",
  replace: "update",
  delete: "delete",
  remove: "delete",
  terminate: "delete",
  deregister: "delete",
  release: "delete",
  associate: "update",
  disassociate: "update",
  add: "update",
  copy: "copy",
  export: "export",
  send: "send",
  publish: "send",
  attach: "grant",
  authorize: "grant",
  grant: "grant",
  detach: "revoke",
  revoke: "revoke",
};

/** Names that say something else than their first word. */
const VERB_OF_NAME: Readonly<Record<string, Verb>> = {
  ConsoleLogin: "login",
  ConsoleLogout: "logout",
  Authenticate: "login",
  Federate: "login",
  Logout: "logout",
  SwitchRole: "login",
  AddPermission: "grant",
  RemovePermission: "revoke",
  AddUserToGroup: "grant",
  RemoveUserFromGroup: "revoke",
  AttachVolume: "update",
  DetachVolume: "update",
  AttachNetworkInterface: "update",
  DetachNetworkInterface: "update",
  AttachInternetGateway: "update",
  DetachInternetGateway: "update",
};

/** Tells what kind of access an API call is: by its name, else by whether it only reads. */
export function cloudTrailVerb(eventName: string, isReadOnly: boolean): Verb {
  // Lambda's names end in the version of its API.
  const name = eventName.replace(/\d{8}(?:v\d+)?$/, "");
  const named = Object.hasOwn(VERB_OF_NAME, name) ? VERB_OF_NAME[name] : undefined;
  if (named !== undefined) return named;
  const [first = "", second = ""] = snakeCase(name).split("_");
  const words = [`${first}_${second}`, first];
  const known = words.find((word) => Object.hasOwn(VERB_OF_FIRST_WORD, word));
  return (known === undefined ? undefined : VERB_OF_FIRST_WORD[known]) ?? (isReadOnly ? "read" : "other");
}
