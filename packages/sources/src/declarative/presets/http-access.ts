import type { Definition, Rule, Table } from "../definition.ts";

const VERBS: Table = {
  GET: "read",
  HEAD: "read",
  OPTIONS: "other",
  POST: "create",
  PUT: "update",
  PATCH: "update",
  DELETE: "delete",
};

/** 401 and 403 refuse, 429 holds off; every other 4xx and 5xx failed. */
const RESULTS: Table = {
  "401": "denied",
  "403": "denied",
  "407": "denied",
  "429": "denied",
  "451": "denied",
  "1*": "success",
  "2*": "success",
  "3*": "success",
  "4*": "failure",
  "5*": "failure",
};

/** The request line, where a server writes it as one text. */
const REQUEST_LINE = "{method} {target} {protocol}";

interface Places {
  readonly method: string;
  readonly status: string;
  readonly path: string;
}

/** The fields that every HTTP access log has; a request line that could not be taken apart is an action of its own. */
function httpFields({ method, status, path }: Places) {
  const action: Rule = { first: [{ template: `http.{${method}}`, as: "action" }, { constant: "http.malformed" }] };
  return {
    fields: {
      action,
      verb: { from: method, table: VERBS, otherwise: "other" },
      category: { constant: "api" },
      "outcome.result": { from: status, table: RESULTS, otherwise: "unknown" },
    },
    targets: [{ type: { constant: "http_path" }, id: { from: path } }],
  } as const;
}

const combined = httpFields({ method: "/request/method", status: "/status", path: "/request/target" });

/** Apache's and nginx's Combined Log Format. */
export const HTTP_COMBINED: Definition = {
  version: 1,
  name: "http",
  title: "HTTP access log, Combined",
  input: {
    format: "lines",
    pattern: '{host} {ident} {user} [{time}] "{request}" {status} {bytes} "{referer}" "{user_agent}" {...rest}',
  },
  absent: ["-"],
  split: { "/request": REQUEST_LINE },
  occurred_at: { from: "/time", time: { pattern: "dd/MMM/yyyy:HH:mm:ss Z" } },
  fields: {
    ...combined.fields,
    "actor.id": { from: "/user" },
    "outcome.reason": { template: "HTTP {/status}" },
    "context.ip": { from: "/host" },
    "context.user_agent": { from: "/user_agent" },
  },
  targets: combined.targets,
};

const nginx = httpFields({ method: "/request/method", status: "/status", path: "/request/target" });

/** nginx with `log_format … escape=json` and the names of its variables as keys. */
export const HTTP_NGINX_JSON: Definition = {
  version: 1,
  name: "nginx",
  title: "HTTP access log, nginx JSON",
  input: { format: "json" },
  absent: ["-"],
  split: { "/request": REQUEST_LINE },
  occurred_at: {
    from: ["/msec", "/time_iso8601", "/time_local"],
    time: ["epoch_s", "rfc3339", { pattern: "dd/MMM/yyyy:HH:mm:ss Z" }],
  },
  fields: {
    ...nginx.fields,
    id: { from: "/request_id" },
    "actor.id": { from: "/remote_user" },
    "outcome.reason": { template: "HTTP {/status}" },
    "context.ip": { from: "/remote_addr" },
    "context.user_agent": { from: "/http_user_agent" },
    "context.request_id": { from: "/request_id" },
  },
  targets: nginx.targets,
};

const alb = httpFields({ method: "/request/method", status: "/elb_status_code", path: "/request/target" });

/** Entries of an AWS application load balancer. */
export const AWS_ALB: Definition = {
  version: 1,
  name: "aws_alb",
  title: "AWS application load balancer",
  input: {
    format: "lines",
    pattern:
      "{type} {time} {elb} {client} {target} {request_processing_time} {target_processing_time} " +
      '{response_processing_time} {elb_status_code} {target_status_code} {received_bytes} {sent_bytes} "{request}" ' +
      '"{user_agent}" {ssl_cipher} {ssl_protocol} {target_group_arn} "{trace_id}" "{domain_name}" ' +
      '"{chosen_cert_arn}" {matched_rule_priority} {request_creation_time} "{actions_executed}" "{redirect_url}" ' +
      '"{error_reason}" {...rest}',
  },
  absent: ["-"],
  split: { "/request": REQUEST_LINE },
  occurred_at: { from: ["/request_creation_time", "/time"], time: "rfc3339" },
  fields: {
    ...alb.fields,
    "outcome.reason": { first: [{ from: "/error_reason" }, { template: "HTTP {/elb_status_code}" }] },
    "context.ip": { from: "/client" },
    "context.user_agent": { from: "/user_agent" },
    "context.request_id": { from: "/trace_id" },
  },
  targets: alb.targets,
};
