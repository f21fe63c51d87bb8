import type { Fax } from "./ringcentral.ts";
import type { StaffMember } from "./staff.ts";

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #ccc}
.unread{font-weight:600}form.inline{display:inline}label{display:block;margin:.8rem 0}
button{font:inherit;padding:.3rem .9rem}[role=alert]{border-left:4px solid #b00020;padding:.2rem 1rem}`;

/** The page where people sign in. */
export function signInPage(message?: string): string {
  return page(
    "Sign in",
    `${alert(message)}<form method="post" action="/sign-in">
<label>E-mail address <input name="email" type="email" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button></form>`,
  );
}

/** The faxes that came in. */
export function listPage(member: StaffMember, faxes: readonly Fax[]): string {
  const rows = faxes.map(
    ({ id, from, receivedAt, pages, isUnread }) => `<tr${isUnread ? ' class="unread"' : ""}>
<td>${escapeHtml(from)}</td><td><time>${escapeHtml(receivedAt)}</time></td><td>${pages ?? ""}</td>
<td><a href="/faxes/${id}">Open</a> · <a href="/faxes/${id}/download">Download</a></td></tr>`,
  );
  return page(
    "Faxes",
    `<p>${escapeHtml(member.name)} <form class="inline" method="post" action="/sign-out"><button>Sign out</button></form></p>
<p>Every fax that you open is recorded under your name.</p>
<table><thead><tr><th>From</th><th>Received</th><th>Pages</th><th></th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table>${rows.length === 0 ? "<p>There are none.</p>" : ""}`,
  );
}

/** Says why there is nothing to see, and what to do. */
export function problemPage(title: string, message: string): string {
  return page(title, `${alert(message)}<p><a href="/">Back to the list</a></p>`);
}

function alert(message: string | undefined): string {
  return message === undefined ? "" : `<p role="alert">${escapeHtml(message)}</p>`;
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)} · Fax desk</title>
<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head>
<body><main><h1>${escapeHtml(title)}</h1>${body}</main></body></html>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}
