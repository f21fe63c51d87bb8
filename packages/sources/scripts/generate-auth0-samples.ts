// Makes one log event of each type out of Auth0's JSON Schemas and writes them as NDJSON to standard output:
//   node packages/sources/scripts/generate-auth0-samples.ts all-log-types.schema.json > packages/sources/testdata/auth0/generated.ndjson

import { readFileSync } from "node:fs";

type Schema = { readonly [key: string]: unknown };

const path = process.argv[2];
if (path === undefined) throw new Error("name the schema file");
const { definitions } = JSON.parse(readFileSync(path, "utf8")) as { definitions: Record<string, Schema> };

const MAX_DEPTH = 12;

/** Makes a value that a schema allows: of alternatives the first, of optional members all. */
function sample(schema: Schema, name: string, depth: number): unknown {
  if (typeof schema.$ref === "string") return sample(definition(schema.$ref), name, depth);
  if ("const" in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0] as unknown;
  const parts = (schema.anyOf ?? schema.allOf) as readonly Schema[] | undefined;
  if (parts !== undefined) return sample(parts[0] ?? {}, name, depth);
  const type = Array.isArray(schema.type) ? (schema.type[0] as string) : schema.type;
  switch (type) {
    case "object":
      return objectSample(schema, depth);
    case "array":
      return depth > MAX_DEPTH ? [] : [sample((schema.items ?? {}) as Schema, `${name} item`, depth + 1)];
    case "string":
      return textSample(schema, name);
    case "number":
    case "integer":
      return 1_700_000_000_000 + name.length;
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return `any ${name}`;
  }
}

function objectSample(schema: Schema, depth: number): Record<string, unknown> {
  const members = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  return depth > MAX_DEPTH ? {} : Object.fromEntries(members.map(([key, each]) => [key, sample(each, key, depth + 1)]));
}

function textSample(schema: Schema, name: string): string {
  if (schema.format === "ipv4") return "203.0.113.7";
  if (schema.format === "ipv6") return "2001:db8::7";
  if (schema.pattern === "^[a-f0-9]{32}$") return "0af7651916cd43dd8448eb211c80319c";
  const [example] = (schema.examples ?? []) as readonly string[];
  return example ?? `some ${name}`;
}

function definition(reference: string): Schema {
  return definitions[reference.split("/").at(-1) ?? ""] ?? {};
}

for (const { $ref = "" } of (definitions.TenantLog?.anyOf ?? []) as readonly { $ref?: string }[]) {
  const code = $ref.split("/").at(-1) ?? "";
  const event = { ...objectSample(definition($ref), 0), type: code, date: "2026-01-15T10:30:00.000Z" };
  process.stdout.write(`${JSON.stringify({ ...event, log_id: `900202601151030000000000${code}` })}\n`);
}
