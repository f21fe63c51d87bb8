// A small product that shows each customer its own log. Node alone: no dependencies, nothing to build.
//
//   CAIRN_URL=http://localhost:7117 CAIRN_KEY=cairn_… node server.mjs
//
// The key needs the scope `viewer-tokens`, and stays here: browsers only ever see tokens that read, for five minutes.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const { CAIRN_URL = "http://localhost:7117", CAIRN_KEY, PORT = "7200" } = process.env;
if (CAIRN_KEY === undefined) {
  process.stderr.write("Set CAIRN_KEY to an API key with the scope viewer-tokens.\n");
  process.exit(1);
}
const PAGE = readFileSync(new URL("page.html", import.meta.url), "utf8").replaceAll("CAIRN_URL", CAIRN_URL);
const SCRIPT = readFileSync(new URL("page.js", import.meta.url));

/** The product's own people, and what of the log each may see. A wall in the token cannot be left by any query. */
const PEOPLE = {
  ada: { wall: undefined },
  jane: { wall: 'location:"Ward 3"' },
};

/** Only the log's server may be asked and give scripts; nothing else from elsewhere. */
const POLICY = `default-src 'none'; script-src 'self' ${CAIRN_URL}; connect-src 'self' ${CAIRN_URL}; style-src 'unsafe-inline'`;

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  const send = (status, type, body) => {
    response.writeHead(status, {
      "content-type": type,
      "content-security-policy": POLICY,
      "cache-control": "no-store",
    });
    response.end(body);
  };
  if (pathname === "/") return send(200, "text/html; charset=utf-8", PAGE);
  if (pathname === "/page.js") return send(200, "text/javascript; charset=utf-8", SCRIPT);
  if (pathname === "/viewer-token" && request.method === "POST") {
    // A real product takes the person from its own session, never from the address.
    const viewer = searchParams.get("as") ?? "";
    const person = Object.hasOwn(PEOPLE, viewer) ? PEOPLE[viewer] : undefined;
    if (person === undefined) return send(403, "application/json", '{"error":"nobody is signed in"}');
    try {
      return send(200, "application/json", JSON.stringify(await viewerToken(viewer, person.wall)));
    } catch (error) {
      process.stderr.write(`${String(error)}\n`);
      return send(502, "application/json", '{"error":"the log gave no token"}');
    }
  }
  return send(404, "text/plain; charset=utf-8", "There is nothing here.\n");
});

/** Asks the log for a token in the name of somebody who looks. */
async function viewerToken(viewer, wall) {
  const answer = await fetch(`${CAIRN_URL}/v1/viewer-tokens`, {
    method: "POST",
    headers: { authorization: `Bearer ${CAIRN_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ viewer, ...(wall === undefined ? {} : { wall }) }),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json();
}

server.listen(Number(PORT), "127.0.0.1", () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}/?as=ada or /?as=jane\n`);
});
