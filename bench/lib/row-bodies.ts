import type { Generated } from "./generated.ts";

// Tables and access logs: rows and lines as products write them.

const pad = (value: number): string => String(value).padStart(2, "0");
const cell = (value: string): string => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

function csv(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [columns, ...rows].map((row) => row.map(cell).join(",")).join("\n");
}

/** `2026-11-22 22:18:37` */
const localTime = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 19)}`;

const patientOf = ({ actor }: Generated): string => `MRN-${actor.id?.slice(2) ?? ""}`;
const base64 = (text: string): string => Buffer.from(text).toString("base64");

const LOG_EVENTS = ["Plan Open", "Plan Save", "Plan Close", "Order placed to decimal Direct", "DICOM AE file export"];

/** Activity of a desktop application: patients and plans are encrypted there. */
export function desktopRows(events: readonly Generated[]): string {
  const columns = [
    "username",
    "patientName",
    "medicalRecordNumber",
    "uniquePlanName",
    "planName",
    "logDate",
    "logEvent",
  ];
  const rows = events.map((event, i) => {
    const { id, actor, occurred_at: time } = event;
    const patient = patientOf(event);
    const plan = base64(patient);
    const logEvent = LOG_EVENTS[i % LOG_EVENTS.length]!;
    return [
      actor.email ?? "",
      base64(`name of ${patient}`),
      base64(patient),
      id ?? "",
      plan,
      localTime(time),
      logEvent,
    ];
  });
  return csv(columns, rows);
}

const SESSION_MINUTES = 12;

/** The session report: half of the events are logins, half the logouts of the same rows. */
export function sessionRows(events: readonly Generated[]): string {
  const rows = events
    .filter((_event, i) => i % 2 === 0)
    .map(({ id, occurred_at: time, context }) => {
      const [login, logout] = [Date.parse(time), Date.parse(time) + SESSION_MINUTES * 60_000].map(usTime);
      return ["web", context?.ip ?? "", login ?? "", logout ?? "", `00:${SESSION_MINUTES}:00`, id ?? ""];
    });
  return csv(["Type", "Caller ID", "Login", "Logout", "Duration", "Session"], rows);
}

/** `3/4/2026 9:12:30 AM` */
function usTime(timeMs: number): string {
  const time = new Date(timeMs);
  const date = `${time.getUTCMonth() + 1}/${time.getUTCDate()}/${time.getUTCFullYear()}`;
  const hour = time.getUTCHours();
  const rest = `${pad(time.getUTCMinutes())}:${pad(time.getUTCSeconds())} ${hour < 12 ? "AM" : "PM"}`;
  return `${date} ${hour % 12 === 0 ? 12 : hour % 12}:${rest}`;
}

const ACCESSES = ["View", "Print", "Edit", "Create", "Export"];

/** The access report of an electronic health record. */
export function ehrRows(events: readonly Generated[]): string {
  const columns = [
    ...["access_time", "user_id", "user_name", "user_role", "department", "patient_id", "patient_name", "action"],
    ...["record_type", "record_id", "workstation", "ip_address", "reason", "result"],
  ];
  const rows = events.map((event, i) => {
    const { id, actor, occurred_at: time, context } = event;
    const patient = patientOf(event);
    return [
      ...[localTime(time), actor.id ?? "", actor.name ?? "", actor.role ?? "", "Ward 3", patient, `Patient ${patient}`],
      ...[ACCESSES[i % ACCESSES.length]!, "Lab result", id ?? "", `WS-${i % 40}`, context?.ip ?? "", "Treatment"],
      i % 20 === 0 ? "Denied" : "Success",
    ];
  });
  return csv(columns, rows);
}

/** Activity of an administration portal. */
export function portalRows(events: readonly Generated[]): string {
  const rows = events.map(({ id, actor, occurred_at: time }) => [
    ...[time.slice(0, 10), time.slice(11, 19), actor.email ?? actor.name ?? "", "User administration"],
    `Added user ${id}@example.com`,
  ]);
  return csv(["Date", "Time", "Username", "Event Category", "Event Description"], rows);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const METHODS = ["GET", "GET", "GET", "POST", "PUT", "DELETE"];
const STATUSES = [200, 200, 200, 201, 304, 403, 404];
const methodOf = (i: number): string => METHODS[i % METHODS.length]!;
const statusOf = (i: number): number => STATUSES[i % STATUSES.length]!;

/** The Combined Log Format. */
export function combined(events: readonly Generated[]): string {
  return events
    .map(({ id, actor, occurred_at: time, context }, i) => {
      const month = MONTHS[Number(time.slice(5, 7)) - 1];
      const at = `${time.slice(8, 10)}/${month}/${time.slice(0, 4)}:${time.slice(11, 19)} +0000`;
      const request = `${methodOf(i)} /api/records/${id} HTTP/1.1`;
      return `${context?.ip} - ${actor.id} [${at}] "${request}" ${statusOf(i)} ${1_000 + i} "https://portal.example.com/" "${context?.user_agent}"`;
    })
    .join("\n");
}

/** nginx with `log_format … escape=json`. */
export function nginxLine({ id, actor, occurred_at: time, context, targets }: Generated): object {
  return {
    ...{ time_iso8601: `${time.slice(0, 19)}+00:00`, msec: (Date.parse(time) / 1_000).toFixed(3) },
    ...{ remote_addr: context?.ip, remote_user: actor.id, request: `GET /api/records/${targets?.[0]?.id} HTTP/1.1` },
    ...{ status: "200", body_bytes_sent: "1234", http_user_agent: context?.user_agent, request_id: id },
    upstream_response_time: "0.010",
  };
}

const BALANCER = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067";
const CERTIFICATE = "arn:aws:acm:us-east-2:123456789012:certificate/12345678-1234-1234-1234-123456789012";

/** Entries of an application load balancer. */
export function alb(events: readonly Generated[]): string {
  return events
    .map(({ id, occurred_at: time, context }, i) => {
      const at = `${time.slice(0, -1)}000Z`;
      const request = `${methodOf(i)} https://www.example.com:443/api/records/${id} HTTP/1.1`;
      return `https ${at} app/my-loadbalancer/50dc6c495c0c9188 ${context?.ip}:2817 10.0.0.1:80 0.086 0.048 0.037 ${statusOf(i)} ${statusOf(i)} 0 57 "${request}" "${context?.user_agent}" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 ${BALANCER} "Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com" "${CERTIFICATE}" 1 ${at} "forward" "-" "-" "10.0.0.1:80" "200" "-" "-"`;
    })
    .join("\n");
}
