import type { Definition } from "../definition.ts";
import { DUTYCALL } from "./dutycall.ts";
import { EHR_ACCESS } from "./ehr-access.ts";
import { GITHUB } from "./github.ts";
import { GOOGLE_WORKSPACE } from "./google-workspace.ts";
import { AWS_ALB, HTTP_COMBINED, HTTP_NGINX_JSON } from "./http-access.ts";
import { PORTAL_ACTIVITY } from "./portal-activity.ts";
import { RINGCX } from "./ringcx.ts";

/** Definitions that ship: each can be used as it is, or copied and edited. */
export const DEFINITION_PRESETS: readonly Definition[] = [
  PORTAL_ACTIVITY,
  DUTYCALL,
  EHR_ACCESS,
  HTTP_COMBINED,
  HTTP_NGINX_JSON,
  AWS_ALB,
  GITHUB,
  GOOGLE_WORKSPACE,
  RINGCX,
];
