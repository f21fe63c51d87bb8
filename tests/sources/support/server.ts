import { call } from "../../api/support/call.ts";
import { type CairnProcess, createHome, type Home, runCairn, startCairn } from "../../crash/support/cairn-process.ts";

/** A real server without search: what arrives must not depend on it. */
export interface SourceServer {
  readonly url: string;
  readonly home: Home;
  /** Makes an administrator's key of a tenant, and the tenant when it is new. */
  createKey(tenant: string, project?: string): Promise<string>;
  /** An administrator's key of the whole project. */
  projectKey(): Promise<string>;
  /** Ends the process and starts another in the same directories; between the two, something may be done. */
  restart(signal: "SIGTERM" | "SIGKILL", between?: () => void): Promise<void>;
  remove(): Promise<void>;
}

/** Starts one that may poll the fakes of this machine. */
export async function startSourceServer(env: Readonly<Record<string, string>> = {}): Promise<SourceServer> {
  const home = createHome();
  const start = () => startCairn(home, { env: { CAIRN_ALLOW_INSECURE_SOURCES: "true", ...env } });
  let running: CairnProcess = await start();
  let projectKey: string | undefined;
  const byCommand = async (place: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await runCairn(home, ["keys", "create", ...place, "--scopes", "admin"]);
    if (stdout === "") throw new Error(`no key was made: ${stderr}`);
    return stdout.trim();
  };
  // A command is a process: one for all tenants is enough.
  const ofProject = async (): Promise<string> => (projectKey ??= await byCommand([]));
  return {
    get url() {
      return running.url;
    },
    home,
    async createKey(tenant, project) {
      if (project !== undefined) return byCommand(["--tenant", tenant, "--project", project]);
      const key = await ofProject();
      const made = await call(running, { path: "/v1/tenants", key, body: { id: tenant } });
      const body = { name: "tests", scopes: ["admin"] };
      const headers = { "cairn-tenant": tenant };
      const given = await call(running, { path: "/v1/keys", key, headers, body });
      if (given.status !== 201) throw new Error(`no key was made: ${made.text} ${given.text}`);
      return given.json<{ key: string }>().key;
    },
    projectKey: ofProject,
    async restart(signal, between) {
      await running.kill(signal);
      between?.();
      running = await start();
    },
    async remove() {
      await running.kill("SIGKILL");
      home.remove();
    },
  };
}
