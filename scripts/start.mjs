// `npm start`: install what is missing, build the page, start Cairn with embedded storage under ./data.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { installDependencies, projectEnvironment, projectNode, root, run } from "./install.mjs";

installDependencies();
const build = join(root, "scripts/build.ts");
if (existsSync(build)) {
  const code = run(projectNode(), [build], { env: projectEnvironment() });
  if (code !== 0) process.exit(code);
}
const args = process.argv.slice(2);
const dataDir = args.some((arg) => arg.startsWith("--data-dir")) ? [] : ["--data-dir", join(root, "data")];
process.exit(
  run(projectNode(), [join(root, "apps/server/bin/cairn.mjs"), "serve", ...dataDir, ...args], {
    env: projectEnvironment(),
  }),
);
