import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { expectRobust, expectSamples, sample } from "../testing/check-mapping.ts";
import { createDicomMapping } from "./dicom.ts";
import { readDicomAudit } from "./read-dicom.ts";
import { readSyslogDicom } from "./read-syslog-dicom.ts";

const files = readdirSync(new URL("../../testdata/dicom-atna/", import.meta.url)).filter((name) =>
  name.endsWith(".xml"),
);
const items = files.flatMap((name) => readDicomAudit(sample(`dicom-atna/${name}`)));
const mapping = createDicomMapping();
const one = (xml: string) => {
  const [item] = readDicomAudit(xml);
  if (item?.kind !== "record") throw new Error("refused");
  const mapped = mapping.map(item.record, {});
  if (mapped.kind !== "event") throw new Error("skipped");
  return mapped.event;
};

test("all real messages become what was committed", () => {
  expect(files.length).toBe(21);
  const events = expectSamples(mapping, items, { golden: "dicom-atna/events.golden.json" });
  for (const event of events) expect(event.warnings).toBeUndefined();
  const byFile = Object.fromEntries(files.map((name, i) => [name, events[i]]));
  expect(byFile["atna-record-1.xml"]).toMatchObject({
    action: "instances.transferred",
    verb: "send",
    outcome: { result: "success" },
    actor: { type: "user", id: "smitty@readingroom.hospital.org", name: "Dr. Smith" },
    targets: [{ type: "report" }, { type: "patient", id: "ptid12345", name: "John Doe" }],
    context: { ip: "192.168.1.2", location: "Hospital" },
    recipient: "67562",
  });
  expect(byFile["start.xml"]).toMatchObject({ action: "application.started", category: "system" });
  expect(byFile["pdq.xml"]).toMatchObject({ action: "query.made", verb: "search" });
});

test("damaged messages are robust", () => expectRobust(mapping, items));

const message = (event: string, rest = "") =>
  `<AuditMessage><EventIdentification ${event}</EventIdentification>${rest}</AuditMessage>`;

describe("traps", () => {
  test("a time without a zone is of the zone of the source", () => {
    const [item] = readDicomAudit(message('EventDateTime="2001-12-17T09:30:47"><EventID csd-code="110100"/>'));
    const record = item?.kind === "record" ? item.record : {};
    expect(createDicomMapping({ zone: "Europe/Zurich" }).map(record, {})).toMatchObject({
      event: { occurred_at: "2001-12-17T08:30:47.000Z" },
    });
  });

  test("login, logout, emergency, deletion", () => {
    const login = message('EventOutcomeIndicator="4"><EventID csd-code="110114"/><EventTypeCode csd-code="110122"/>');
    expect(one(login)).toMatchObject({ action: "session.login", verb: "login", outcome: { result: "failure" } });
    expect(one(message('><EventID csd-code="110113"/><EventTypeCode code="110127"/>')).action).toBe(
      "emergency_override.started",
    );
    expect(one(message('EventActionCode="D"><EventID csd-code="110110"/>'))).toMatchObject({ verb: "delete" });
    expect(one(message('><EventID csd-code="x1" originalText="Odd Thing"/>'))).toMatchObject({
      action: "audit.odd_thing",
      outcome: { result: "unknown" },
      warnings: ["unknown_code:x1"],
    });
  });

  test("traceparent among the objects is the trace", () => {
    const object =
      '<ParticipantObjectIdentification ParticipantObjectID="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01">' +
      '<ParticipantObjectIDTypeCode csd-code="traceparent"/></ParticipantObjectIdentification>';
    expect(one(message('><EventID csd-code="110100"/>', object)).context?.trace_id).toBe(
      "0af7651916cd43dd8448eb211c80319c",
    );
  });

  test.each(["<Other/>", "<!DOCTYPE AuditMessage><AuditMessage/>", "no xml"])("%s is refused", (xml) => {
    expect(readDicomAudit(xml)[0]?.kind).toBe("refused");
  });
});

describe("over syslog", () => {
  const options = { receivedMs: Date.UTC(2026, 10, 22) };
  const header = "<85>1 2026-01-05T10:00:00.125Z ris app 7 IHE+RFC-3881 - ";
  const read = (message: string) => readSyslogDicom([Buffer.from(message)], options)[0];

  test("the header stays with the audit message, and a byte order mark is passed over", () => {
    const xml = sample("dicom-atna/start.xml");
    const item = read(`${header}\ufeff${xml}`);
    expect(item).toMatchObject({
      kind: "record",
      record: { syslog: { host: "ris", app: "app", msgid: "IHE+RFC-3881", timestamp: "2026-01-05T10:00:00.125Z" } },
    });
    if (item?.kind !== "record") throw new Error("refused");
    const mapped = mapping.map(item.record, {});
    const [plain] = readDicomAudit(xml);
    const alone = plain?.kind === "record" ? mapping.map(plain.record, {}) : undefined;
    if (mapped.kind !== "event" || alone?.kind !== "event") throw new Error("skipped");
    expect(mapped.event).toMatchObject({ action: alone.event.action, actor: alone.event.actor });
    expect(mapped.event.details).toMatchObject({ syslog: { procid: "7", severity: 5 } });
  });

  test.each([
    ["no audit message", `${header}text`],
    ["another document", `${header}<Other/>`],
    ["nothing", header],
    ["JSON", `${header}{"a": 1}`],
    ["no syslog", "<AuditMessage/>"],
  ])("%s is refused by itself, as it was sent", (_what, message) => {
    expect(read(message)).toMatchObject({ kind: "refused", text: message });
  });
});
