import { hash } from "node:crypto";
import type { Json } from "@cairn/event";
import { asObject, type JsonObject } from "../core/json-values.ts";

/**
 * Computes the hash that Retraced's clients compare with their own: SHA-256, in hexadecimal, over the id, the action, the ids of
 * target, actor and group, the address, the two flags, and the sorted `fields` and `metadata`. It proves that the event was
 * understood as it was sent, nothing more.
 * @param event the body of the event as it was received
 * @param id the id that the answer gives it
 */
export function retracedHash(event: JsonObject, id: string): string {
  return hash("sha256", hashTarget(event, id));
}

function hashTarget(event: JsonObject, id: string): string {
  const head = [
    percent(id),
    percent(event.action),
    idOf(event.target),
    idOf(event.actor),
    idOf(event.group),
    isEmpty(event.source_ip) ? "" : percent(event.source_ip),
    isTruthy(event.is_failure) ? "1" : "0",
    isTruthy(event.is_anonymous) ? "1" : "0",
  ];
  const fields = isTruthy(event.fields) ? pairs(event.fields) : ":";
  const external = isTruthy(event.external_id) ? `:${percent(event.external_id)}` : "";
  const metadata = isTruthy(event.metadata) ? `:${pairs(event.metadata)}` : "";
  return `${head.map((part) => `${part}:`).join("")}${fields}${external}${metadata}`;
}

function idOf(value: Json | undefined): string {
  return isEmpty(value) ? "" : percent(asObject(value)?.id);
}

function pairs(value: Json | undefined): string {
  const object = asObject(value) ?? {};
  const keys = Object.keys(object).sort();
  return keys.map((key) => `${pairText(key)}=${pairText(object[key])};`).join("");
}

function pairText(value: Json | undefined): string {
  const text = percent(value);
  return typeof value === "string" ? text.replaceAll("=", "%3D").replaceAll(";", "%3B") : text;
}

/** Only texts are escaped; a value of another kind, which the types of the clients do not allow, goes in as it prints. */
function percent(value: Json | undefined): string {
  return typeof value === "string" ? value.replaceAll("%", "%25").replaceAll(":", "%3A") : textOf(value);
}

/** The text that a JavaScript client has for a value where a text should be. */
function textOf(value: Json | undefined): string {
  if (Array.isArray(value)) return value.map((item: Json) => (item === null ? "" : textOf(item))).join(",");
  return typeof value === "object" && value !== null ? "[object Object]" : String(value);
}

/** Numbers and booleans are empty to the clients; texts, lists and objects are when nothing is in them. */
function isEmpty(value: Json | undefined): boolean {
  if (typeof value === "string") return value === "";
  return typeof value !== "object" || value === null || Object.keys(value).length === 0;
}

function isTruthy(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== false && value !== 0 && value !== "";
}
