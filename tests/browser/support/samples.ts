/** Events of a small hospital, so that every column and every outcome has something to show. */
export function sampleEvents(count: number, now = Date.now()): readonly object[] {
  return Array.from({ length: count }, (_, i) => ({
    ...KINDS[i % KINDS.length],
    id: `sample-${now}-${i}`,
    occurred_at: new Date(now - (count - i) * 61_000).toISOString(),
  }));
}

const JANE = { id: "u-17", name: "Jane Doe", email: "jane@example.com", role: "nurse", groups: ["ward-3", "night"] };
const ADA = { id: "u-2", name: "Ada Osei", email: "ada@example.com", role: "administrator" };
const WEB = { ip: "203.0.113.24", user_agent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0", session_id: "s-81c" };

const KINDS: readonly object[] = [
  {
    action: "patient.record.viewed",
    verb: "read",
    category: "clinical",
    actor: JANE,
    targets: [{ type: "patient", id: "p-4411", name: "John Roe" }],
    outcome: { result: "success" },
    context: { ...WEB, location: "Ward 3", client: { kind: "web", name: "Chart", version: "9.2" } },
    purpose: "treatment",
    data_category: "lab results",
    details: { record_count: 12, sections: ["labs", "notes"], view: { layout: "wide", columns: 4 } },
  },
  {
    action: "retention.policy.updated",
    verb: "update",
    category: "settings",
    actor: ADA,
    targets: [{ type: "setting", id: "retention", name: "Retention" }],
    outcome: { result: "success" },
    context: { ip: "198.51.100.7", user_agent: WEB.user_agent },
    changes: [
      { field: "retention_days", before: 365, after: 2_190 },
      { field: "categories", before: ["clinical"], after: ["clinical", "settings"] },
      { field: "approved_by", after: "board" },
    ],
    labels: { env: "production", ticket: "OPS-118" },
  },
  {
    action: "report.exported",
    verb: "export",
    category: "reports",
    actor: {
      type: "service",
      id: "nightly-reports",
      name: "Nightly reports",
      on_behalf_of: { id: "u-2", name: "Ada Osei" },
    },
    targets: [
      { type: "report", id: "r-1", name: "Quarterly report" },
      { type: "report", id: "r-2", name: "Yearly report" },
    ],
    outcome: { result: "failure", reason: "disk quota exceeded" },
    recipient: "auditor@example.org",
  },
  {
    action: "user.login",
    verb: "login",
    category: "access",
    actor: { id: "u-99", name: "Mallory" },
    outcome: { result: "denied", reason: "wrong password" },
    context: { ip: "2001:db8::1", user_agent: "curl/8.5" },
  },
];
