import type { Definition } from "../definition.ts";

/**
 * Activity of an administration portal and of its provisioning API: date, time, user, category, description. Users are
 * people but for three names; the category is one of the preset `tenant_portal`.
 */
export const PORTAL_ACTIVITY: Definition = {
  version: 1,
  name: "portal",
  title: "Portal and provisioning activity",
  input: { format: "csv", columns: ["Date", "Time", "Username", "Event Category", "Event Description"] },
  occurred_at: {
    template: "{/Date} {/Time}",
    time: [
      { pattern: "yyyy-MM-dd HH:mm:ss" },
      { pattern: "M/d/yyyy h:mm:ss a" },
      { pattern: "M/d/yyyy H:mm:ss" },
      { pattern: "dd.MM.yyyy HH:mm:ss" },
    ],
  },
  fields: {
    action: { template: "{/Event Category}.activity", as: "action" },
    source_action: { from: "/Event Category" },
    category: { from: "/Event Category", as: "lower", table: "categories", otherwise: "other" },
    verb: { from: "/Event Description", as: "verb" },
    "actor.type": { from: "/Username", table: "actors", otherwise: "user" },
    "actor.id": { from: "/Username" },
    "outcome.result": { constant: "success" },
    "context.client.kind": { from: "/Username", table: { "Provisioning API": "api" }, otherwise: "web" },
    description: { from: "/Event Description" },
  },
  tables: {
    actors: { System: "system", "Provisioning API": "api", "CareAR Operations": "operator" },
    categories: {
      "user administration": "user_administration",
      "user access": "user_access",
      experiences: "experiences",
      "connector center": "connector_center",
      surveys: "surveys",
      "administration settings": "administration_settings",
      "provisioning api": "provisioning_api",
    },
  },
};
