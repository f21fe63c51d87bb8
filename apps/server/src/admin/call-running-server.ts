import { existsSync, readFileSync } from "node:fs";
import { type AdminAddress, addressFile } from "./address.ts";

/** Sends a command to the server that has this data directory; undefined when none answers. */
export async function callRunningServer(
  dataDir: string,
  command: string,
  argument: unknown,
): Promise<{ readonly result: unknown } | undefined> {
  const file = addressFile(dataDir);
  if (!existsSync(file)) return undefined;
  const { port, password } = JSON.parse(readFileSync(file, "utf8")) as AdminAddress;
  let response: Response;
  try {
    response = await fetch(`http://127.0.0.1:${port}/${command}`, {
      method: "POST",
      headers: { authorization: `Bearer ${password}`, "content-type": "application/json" },
      body: JSON.stringify(argument),
    });
  } catch {
    return undefined; // left behind by a server that was killed
  }
  if (response.status === 401) return undefined;
  const body = (await response.json()) as { message?: string };
  if (!response.ok) throw new Error(body.message ?? `the server answered ${response.status}`);
  return { result: body };
}
