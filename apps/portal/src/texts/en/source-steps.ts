/** Something to be typed or pasted at the other side. */
export interface StepCopy {
  readonly what: "address" | "token" | "command" | "text";
  readonly value: string;
}

/** One thing to do at the other side. `backticks` mark what is typed, **stars** where it is found. */
export interface Step {
  readonly text: string;
  readonly copy?: StepCopy;
}

/** What the steps of a source are made of. */
export interface StepsAsk {
  readonly kind: string;
  /** Of a webhook that is set up. */
  readonly url: string | null;
  /** Of a webhook that was just made; nobody knows it later. */
  readonly token: string | undefined;
  /** A mapping that ships, where one is used. */
  readonly preset: string | undefined;
  /** What the source was told. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Whose source it is, as ids; where nobody knows, an example is given. */
  readonly place?: { readonly project: string; readonly tenant: string } | undefined;
}

/** What is typed where a token is needed that is not known any more. */
const TOKEN_BLANK = "$TOKEN";

/** What to do at the other side of a source, in order; nothing where there is nothing known to do. */
export function stepsOf(ask: StepsAsk): readonly Step[] {
  const { kind, url, token, preset, settings } = ask;
  if (kind === "folder") return folder(settings, ask.place);
  const before = Object.hasOwn(POLLED, kind) ? (POLLED[kind] ?? []) : [];
  if (url === null) return before;
  // A port speaks another protocol, and has no token.
  if (!url.startsWith("http"))
    return kind === "syslog"
      ? settings.format === "dicom"
        ? dicom(url)
        : syslog(url)
      : [{ text: "Send to:", copy: { what: "address", value: url } }];
  const write = Object.hasOwn(WEBHOOKS, kind) ? WEBHOOKS[kind] : undefined;
  const parts = partsOf(url, token);
  const more = preset === undefined || !Object.hasOwn(BY_PRESET, preset) ? [] : (BY_PRESET[preset] ?? []);
  return write === undefined ? [...more, ...anything(parts, "@events.json")] : write(parts, more);
}

/** Tells whether a token is anything to the other side of a source: some sign with a secret instead. */
export function usesToken(ask: StepsAsk): boolean {
  return stepsOf({ ...ask, token: TOKEN_BLANK }).some(({ copy }) => copy?.value.includes(TOKEN_BLANK) === true);
}

interface Parts {
  readonly url: string;
  readonly address: StepCopy;
  /** Undefined where it is not known any more. */
  readonly token: StepCopy | undefined;
  /** The token, or what stands for it in a command. */
  readonly typed: string;
}

function partsOf(url: string, token: string | undefined): Parts {
  return {
    url,
    address: { what: "address", value: url },
    token: token === undefined ? undefined : { what: "token", value: token },
    typed: token ?? TOKEN_BLANK,
  };
}

function address(text: string, { address: copy }: Parts): Step {
  return { text, copy };
}

function secret(text: string, { token }: Parts): Step {
  return token === undefined ? { text: `${text} the token that was shown when it was made.` } : { text, copy: token };
}

function command(text: string, { url, typed }: Parts, file: string): Step {
  const value = `curl -H "Authorization: Bearer ${typed}" --data-binary ${file} ${url}`;
  return { text, copy: { what: "command", value } };
}

function anything(parts: Parts, file: string): readonly Step[] {
  return [
    address("Send by HTTP `POST` to:", parts),
    secret("With the header `Authorization: Bearer …`, and in place of the dots:", parts),
    command("From a shell, for example:", parts, file),
    { text: "Bodies may be `gzip` or `zstd`. A delivery that comes twice creates nothing new." },
  ];
}

const EXAMPLE = { project: "default", tenant: "acme" };

function folder({ path }: StepsAsk["settings"], place: StepsAsk["place"]): readonly Step[] {
  const below = typeof path === "string" ? `/${path}` : "";
  const { project, tenant } = place ?? EXAMPLE;
  const where = "Have files written or copied into this folder, below the directory that the operator opened";
  return [
    {
      text: place === undefined ? `${where}. For the tenant \`${tenant}\` of the project \`${project}\`:` : `${where}:`,
      copy: { what: "text", value: `${project}/${tenant}${below}/` },
    },
    {
      text: "Lines are read as they are added. A file that is one document is read once it stands still. Files are never changed.",
    },
    { text: "What rotation renames, or copies and empties, is recognised: what was read is not read again." },
  ];
}

function dicom(url: string): readonly Step[] {
  const { protocol, hostname, port } = new URL(url);
  return [
    {
      text: `In the DICOM or IHE system, enter the audit repository (ATNA) with the transport **${protocol === "tls:" ? "TLS" : "TCP"} syslog**:`,
      copy: { what: "address", value: `${hostname}:${port}` },
    },
    { text: "Where only known senders get in, it also needs its certificate and key." },
    { text: "Start or stop an application there: the message of that appears here within seconds." },
  ];
}

function syslog(url: string): readonly Step[] {
  const { protocol, hostname, port } = new URL(url);
  const isTls = protocol === "tls:";
  const rsyslog = [
    `action(type="omfwd" target="${hostname}" port="${port}" protocol="tcp" TCP_Framing="octet-counted"`,
    `  template="RSYSLOG_SyslogProtocol23Format"`,
    ...(isTls ? [`  StreamDriver="ossl" StreamDriverMode="1" StreamDriverAuthMode="x509/name"`] : []),
    `  queue.type="LinkedList" queue.filename="cairn" queue.saveOnShutdown="on" action.resumeRetryCount="-1")`,
  ].join("\n");
  const tls = isTls ? ` tls(peer-verify(required-trusted) ca-dir("/etc/ssl/certs"))` : "";
  const syslogNg = `destination d_cairn { syslog("${hostname}" port(${port}) transport("${isTls ? "tls" : "tcp"}")${tls}); };`;
  return [
    { text: "Devices and programs send syslog to:", copy: { what: "address", value: `${hostname}:${port}` } },
    { text: "**rsyslog**, in a file below `/etc/rsyslog.d/`:", copy: { what: "text", value: rsyslog } },
    { text: "**syslog-ng**, to be named in a `log` statement:", copy: { what: "text", value: syslogNg } },
    ...(isTls
      ? [
          {
            text: "Where only known senders get in, each also needs its certificate and key. This server's certificate is the one that the operator set.",
          },
        ]
      : []),
  ];
}

const EVENTBRIDGE_PATTERN = `{"source": [{"prefix": "aws."}], "detail-type": [{"suffix": "via CloudTrail"}]}`;

const WEBHOOKS: Readonly<Record<string, (parts: Parts, more: readonly Step[]) => readonly Step[]>> = {
  auth0_stream: (parts) => [
    { text: "In Auth0, open **Monitoring → Streams → Create stream → Custom webhook**." },
    address("**Payload URL:**", parts),
    secret("**Authorization token:**", parts),
    { text: "**Content type:** `application/json`. Any content format will do. Set no filter." },
    { text: "Save. The next login appears here within seconds." },
  ],
  okta_hook: (parts) => [
    { text: "In Okta, open **Workflow → Event hooks → Create event hook**." },
    address("**URL:**", parts),
    { text: "**Authentication field:** `Authorization`" },
    secret("**Authentication secret:**", parts),
    { text: "Choose the events, save, then **Verify**. This server answers by itself." },
  ],
  cloudtrail: (parts) => [
    { text: "In Amazon EventBridge, make a **connection** with an API key whose name is `Authorization`." },
    secret("Its value:", parts),
    address("Make an **API destination** with that connection, method `POST`, and this endpoint:", parts),
    { text: "Make a **rule** with this pattern:", copy: { what: "text", value: EVENTBRIDGE_PATTERN } },
    { text: "Its target is the API destination. **Configure target input → Part of the matched event:** `$.detail`" },
    command("Or send the files of a trail as they are:", parts, "@trail.json.gz -H 'Content-Encoding: gzip'"),
  ],
  entra: (parts) => [
    {
      text: "In Azure, make a **diagnostic setting** of Entra ID that sends `AuditLogs` and `SignInLogs` to an event hub.",
    },
    {
      text: "Make a **Logic App** that reads the event hub and has one HTTP action, method `POST`, body the messages.",
    },
    address("**URI:**", parts),
    secret("**Headers:** `Authorization` with `Bearer` and a space before the token:", parts),
  ],
  microsoft365: (parts) => [
    { text: "Fetch content blobs of the Office 365 Management Activity API as you do now." },
    command("Post each blob as it is:", parts, "@blob.json"),
  ],
  github_webhook: (parts) => [
    { text: "At GitHub, open **Settings → Webhooks → Add webhook** of the repository or organization." },
    address("**Payload URL:**", parts),
    { text: "**Content type:** `application/json`" },
    { text: "**Secret:** the one that you gave here. GitHub signs with it, and sends no token." },
    { text: "Choose the events, then **Add webhook**. The first delivery follows at once." },
  ],
  ringcentral_sessions: (parts) => [
    { text: "Ask RingCentral's support for the **session report** of the account, as CSV." },
    command("Send the file as it is, each time they give you one:", parts, "@sessions.csv"),
    { text: "A row that stood in an earlier report is not recorded again." },
  ],
  desktop: (parts) => [
    { text: "On the workstation, export the table of the activity log as CSV or JSON, with its column names." },
    command("Send it whenever there is a connection, for example each night:", parts, "@activity.csv"),
    { text: "Late, in another order or twice does no harm. One source for each site: each has its own zone." },
    {
      text: "The database itself is read with `cairn import local.db --format desktop --site … --zone …`, with the site and the zone that this source has.",
    },
  ],
  declarative: (parts, more) => [...more, ...anything(parts, "@activity.csv")],
};

const MICROSOFT_SECRET: Step = {
  text: "**Certificates & secrets → New client secret**: its value goes below, and so does the application (client) id.",
};

/** Done before a source can be set up: it wants what they give. */
const POLLED: Readonly<Record<string, readonly Step[]>> = {
  auth0_poller: [
    { text: "In Auth0, open **Applications → Create application → Machine to machine**." },
    { text: "Choose the API **Auth0 Management API** with the permissions `read:logs` and `read:logs_users`." },
    {
      text: "Its domain, client id and client secret go below. With a domain of your own, the address is still the one that ends in `auth0.com`.",
    },
  ],
  okta_poller: [
    { text: "Sign in to Okta with a service account that is a **read-only administrator**." },
    { text: "Open **Security → API → Tokens → Create token**. The token goes below." },
  ],
  entra_poller: [
    { text: "In Azure, open **App registrations → New registration**." },
    {
      text: "**API permissions → Microsoft Graph → Application permissions**: `AuditLog.Read.All` and `Directory.Read.All`, then **Grant admin consent**.",
    },
    MICROSOFT_SECRET,
  ],
  microsoft365_poller: [
    { text: "In Azure, open **App registrations → New registration**." },
    {
      text: "**API permissions → Office 365 Management APIs → Application permissions**: `ActivityFeed.Read`, then **Grant admin consent**.",
    },
    MICROSOFT_SECRET,
    { text: "In Microsoft Purview, **auditing** must be switched on." },
  ],
  ringcentral_audit: [
    { text: "In the RingCentral developer console, open **Apps → Create app → REST API app** with the JWT auth flow." },
    { text: "Give it the permission **Read Audit Trail**. RingCentral's support has to allow it." },
    {
      text: "An administrator opens **Credentials → Create JWT** for this app. Client id, client secret and JWT go below.",
    },
    { text: "The address is `https://platform.ringcentral.com`." },
  ],
  ringcentral_messages: [
    {
      text: "In the RingCentral developer console, use an app with the JWT auth flow and the permission **Read Messages**.",
    },
    { text: "Make the JWT as the extension whose messages are followed: **Credentials → Create JWT**." },
    { text: "The address is `https://platform.ringcentral.com`." },
  ],
};

const NGINX_FORMAT = `log_format cairn escape=json '{"msec":"$msec","remote_addr":"$remote_addr","remote_user":"$remote_user","request":"$request","status":"$status","http_user_agent":"$http_user_agent","request_id":"$request_id"}';`;

/** What comes first with a mapping that ships. */
const BY_PRESET: Readonly<Record<string, readonly Step[]>> = {
  portal: [{ text: "Export the portal's activity as CSV." }],
  dutycall: [{ text: "Have it post its events: one object, an array, or an object on each line." }],
  ehr: [
    {
      text: "Export the access report as CSV each night. Where its columns have other names, name them in a copy of the mapping.",
    },
  ],
  http: [{ text: "The access log of Apache or nginx in the Combined Log Format, sent whenever it is rotated." }],
  nginx: [{ text: "In `nginx.conf`, log in this format:", copy: { what: "text", value: NGINX_FORMAT } }],
  aws_alb: [{ text: "Switch on access logs of the load balancer, and send its files from S3." }],
  github: [
    {
      text: "Export the audit log of the organization or enterprise as JSON, or fetch pages of `GET /orgs/{org}/audit-log`.",
    },
  ],
  google_workspace: [{ text: "Fetch pages of `activities.list` of the Reports API." }],
  ringcx: [{ text: "Fetch pages of RingCX's audit search. It wants times with an offset, not `Z`." }],
};
