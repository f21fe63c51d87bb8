import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deriveKey, seal, unseal, writeFileDurably } from "@cairn/ledger";
import { createKey } from "./admin/create-key.ts";
import { DEMO_PROJECT } from "./features/demo/demo-commands.ts";
import type { RunningServer } from "./server.ts";

/** Project and tenant that a new instance begins with. */
export const FIRST_PROJECT = "default";
export const FIRST_TENANT = "default";

const AAD = Buffer.from("cairn/v1/first-key");

/** Makes what a first run needs, and the text that tells people where to go. */
export async function prepareFirstUse(server: RunningServer): Promise<string> {
  const { context, url } = server;
  const { paths } = context.side;
  const key = await firstKey(server);
  const project = context.side.registry.project(FIRST_PROJECT)!;
  const tenant = context.side.registry.findTenant(project.no, FIRST_TENANT)!;
  const token = context.links.issue(tenant, Date.now());
  return [
    "",
    `  Cairn is running at ${url}`,
    "",
    `  Sign in (once, within an hour; \`cairn link\` makes another):`,
    `    ${url}/first-use?token=${token}`,
    "",
    "  Record an event:",
    `    curl ${url}/v1/events -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\`,
    `      -d '{"action":"document.viewed","actor":{"id":"u-1","name":"Jane Doe"},"targets":[{"type":"document","id":"d-7"}]}'`,
    "",
    "  Real sample events (2,900 AWS CloudTrail records):",
    `    npx cairn import samples/cloudtrail --url ${url} --key ${key}`,
    "",
    ...(context.side.registry.project(DEMO_PROJECT) === undefined ? demoOffer(paths.dataDir) : []),
    "  Back up both, apart from each other:",
    `    ${paths.dataDir}   the record`,
    `    ${paths.stateDir}   the keys and the rollback guard`,
    "",
    "",
  ].join("\n");
}

function demoOffer(dataDir: string): readonly string[] {
  return [
    "  Something to look at (two made-up tenants, 50,000 events; `cairn demo remove` takes it away again):",
    `    npx cairn demo add --data-dir ${dataDir}`,
    "",
  ];
}

/** The test key of the first tenant: made once, kept sealed, so that the line printed at each start works. */
async function firstKey({ context }: RunningServer): Promise<string> {
  const { side, threads, own } = context;
  const path = join(side.paths.stateDir, "first-key.sealed");
  const sealingKey = deriveKey(side.secrets.serverSecret, "first-key");
  if (existsSync(path)) return unseal(sealingKey, readFileSync(path), AAD).toString("utf8");
  const made = await createKey(
    {
      project: FIRST_PROJECT,
      tenant: FIRST_TENANT,
      name: "test key of the first start",
      scopes: ["events:write", "events:read", "exports", "catalog:write"],
    },
    { registry: side.registry, access: side.access, writer: threads.writer, own },
  );
  writeFileDurably(path, seal(sealingKey, Buffer.from(made.key), AAD), 0o600);
  return made.key;
}
