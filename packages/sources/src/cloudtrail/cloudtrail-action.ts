import type { Verb } from "@cairn/event";
import { actionSegment, snakeCase } from "../core/action-name.ts";
import { lookUp } from "../core/json-values.ts";

/** Turns `s3.amazonaws.com` and `GetObject` into `s3.get_object`. */
export function cloudTrailAction(eventSource: string, eventName: string): string {
  const service = actionSegment(eventSource.replace(/\.amazonaws\.com(?:\.cn)?$/, ""));
  return `${service}.${actionSegment(snakeCase(eventName))}`;
}

const WORDS_OF_VERB: Readonly<Partial<Record<Verb, string>>> = {
  read: "get list describe head batch_get",
  search: "lookup search query scan select",
  create: "create run register import allocate upload",
  update: "put update modify set tag untag enable disable start stop reset restore replace associate disassociate add",
  delete: "delete remove terminate deregister release",
  copy: "copy",
  export: "export",
  send: "send publish",
  grant: "attach authorize grant",
  revoke: "detach revoke",
};

const VERB_OF_WORD: Readonly<Record<string, Verb>> = Object.fromEntries(
  Object.entries(WORDS_OF_VERB).flatMap(([verb, words]) => words.split(" ").map((word) => [word, verb as Verb])),
);

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
export function cloudTrailVerb(eventName: string, access: "read only" | "any"): Verb {
  // Lambda's names end in the version of its API.
  const name = eventName.replace(/\d{8}(?:v\d+)?$/, "");
  const [first = "", second = ""] = snakeCase(name).split("_");
  const byWord = lookUp(VERB_OF_WORD, `${first}_${second}`) ?? lookUp(VERB_OF_WORD, first);
  return lookUp(VERB_OF_NAME, name) ?? byWord ?? (access === "read only" ? "read" : "other");
}
