import { openAuditLog } from "./audit.ts";
import { readConfig } from "./config.ts";
import { openFaxLine } from "./ringcentral.ts";
import { createDesk } from "./server.ts";

const config = readConfig(process.env);
const audit = openAuditLog(config.cairn);
const desk = createDesk({ staff: config.staff, line: openFaxLine(config.ringCentral), audit });

desk.listen(config.port, "127.0.0.1", () => {
  const address = desk.address();
  const port = typeof address === "object" && address !== null ? address.port : config.port;
  process.stdout.write(`The fax desk is at http://127.0.0.1:${port}\n`);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    desk.close();
    desk.closeAllConnections();
    void audit.close();
  });
}
