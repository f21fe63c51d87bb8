import type { Generated } from "./generated.ts";

// Records of cloud services, with the members that theirs have.

const TENANT = "22222222-2222-4222-8222-222222222222";

/** Two sign-ins, then a change of the directory. */
export function entraRecord(event: Generated, i: number): object {
  return i % 3 === 2 ? entraChange(event) : entraSignIn(event);
}

function entraSignIn({ id, occurred_at: time, actor, context }: Generated): object {
  const about = { callerIpAddress: context?.ip, correlationId: context?.session_id, level: 4, location: "CH" };
  return {
    ...{ time, resourceId: `/tenants/${TENANT}/providers/Microsoft.aadiam`, operationName: "Sign-in activity" },
    ...{ operationVersion: "1.0", category: "SignInLogs", tenantId: TENANT, resultType: "0", durationMs: 0, ...about },
    properties: {
      ...{ id, createdDateTime: time, userDisplayName: actor.name, userPrincipalName: actor.email, userId: actor.id },
      ...{ appId: "de8bc8b5-d9f9-48b1-a8ad-b748da725064", appDisplayName: "Portal", ipAddress: context?.ip },
      ...{ status: { errorCode: 0, additionalDetails: "MFA requirement satisfied by claim in the token" } },
      ...{ clientAppUsed: "Browser", userAgent: context?.user_agent, correlationId: context?.session_id },
      ...{ conditionalAccessStatus: "success", isInteractive: true, originalRequestId: context?.request_id },
      deviceDetail: { deviceId: "", operatingSystem: "Windows10", browser: "Edge 141.0.0", trustType: "" },
      location: {
        city: "Bern",
        state: "Bern",
        countryOrRegion: "CH",
        geoCoordinates: { latitude: 46.9, longitude: 7.4 },
      },
      ...{ appliedConditionalAccessPolicies: [], authenticationContextClassReferences: [], mfaDetail: {} },
      ...{ riskDetail: "none", riskLevelAggregated: "none", riskState: "none", riskEventTypes_v2: [] },
      ...{ resourceDisplayName: "Microsoft Graph", resourceId: "00000003-0000-0000-c000-000000000000" },
      ...{ resourceTenantId: TENANT, homeTenantId: TENANT, tokenIssuerName: "", tokenIssuerType: "AzureAD" },
      ...{ authenticationRequirement: "multiFactorAuthentication", authenticationProtocol: "none" },
      ...{ signInIdentifier: actor.email, signInEventTypes: ["interactiveUser"], userType: "Member" },
      ...{ uniqueTokenIdentifier: context?.request_id, incomingTokenType: "none", processingTimeInMilliseconds: 96 },
    },
  };
}

function entraChange({ id, occurred_at: time, actor, context, targets }: Generated): object {
  const user = { id: actor.id, displayName: actor.name, userPrincipalName: actor.email, ipAddress: context?.ip };
  const modified = [{ displayName: "Role.DisplayName", oldValue: null, newValue: '"Global Reader"' }];
  return {
    ...{ id, category: "RoleManagement", correlationId: context?.session_id, result: "success", resultReason: "" },
    ...{ activityDisplayName: "Add member to role", activityDateTime: time, loggedByService: "Core Directory" },
    ...{ operationType: "Assign", initiatedBy: { app: null, user } },
    targetResources: [
      {
        id: targets?.[0]?.id,
        displayName: null,
        type: "Group",
        groupType: "unifiedGroup",
        modifiedProperties: modified,
      },
    ],
    additionalDetails: [{ key: "User-Agent", value: context?.user_agent }],
  };
}

/** A file, a sign-in, a mail in turn. */
export function microsoft365Record({ id, occurred_at: time, actor, context, targets }: Generated, i: number): object {
  const common = {
    ...{ CreationTime: time.slice(0, 19), Id: id, OrganizationId: TENANT, UserType: 0, UserKey: actor.id, Version: 1 },
    UserId: actor.email ?? actor.id,
  };
  const file = `https://example.sharepoint.com/sites/team/Documents/${targets?.[0]?.id}.docx`;
  switch (i % 3) {
    case 0:
      return {
        ...{ ...common, Operation: "FileDownloaded", RecordType: 6, Workload: "SharePoint", ClientIP: context?.ip },
        ...{
          ObjectId: file,
          UserAgent: context?.user_agent,
          CorrelationId: context?.request_id,
          EventSource: "SharePoint",
        },
        ...{ ItemType: "File", ListId: TENANT, Site: TENANT, SiteUrl: "https://example.sharepoint.com/sites/team/" },
        ...{ SourceFileExtension: "docx", SourceFileName: `${targets?.[0]?.id}.docx`, SourceRelativeUrl: "Documents" },
      };
    case 1:
      return {
        ...{
          ...common,
          Operation: "UserLoggedIn",
          RecordType: 15,
          ResultStatus: "Success",
          Workload: "AzureActiveDirectory",
        },
        ...{
          ClientIP: `${context?.ip}:51234`,
          ActorIpAddress: `${context?.ip}:51234`,
          InterSystemsId: context?.session_id,
        },
        ExtendedProperties: [
          { Name: "UserAgent", Value: context?.user_agent },
          { Name: "ResultStatusDetail", Value: "Success" },
        ],
        DeviceProperties: [
          { Name: "OS", Value: "Windows" },
          { Name: "SessionId", Value: context?.session_id },
        ],
        ApplicationId: "de8bc8b5-d9f9-48b1-a8ad-b748da725064",
      };
    default:
      return {
        ...{
          ...common,
          Operation: "MailItemsAccessed",
          RecordType: 50,
          ResultStatus: "Succeeded",
          Workload: "Exchange",
        },
        ...{
          ClientIPAddress: context?.ip,
          ClientInfoString: "Client=OWA",
          LogonType: 0,
          MailboxOwnerUPN: common.UserId,
        },
        OperationProperties: [
          { Name: "MailAccessType", Value: "Bind" },
          { Name: "IsThrottled", Value: "False" },
        ],
        Folders: [{ Id: "f1", Path: "\\Inbox", FolderItems: [{ InternetMessageId: `<${id}@example.org>` }] }],
        ...{ OperationCount: 1, SessionId: context?.session_id, OriginatingServer: "SERVER (15.20)" },
      };
  }
}

const API = "https://api.github.com/repos/octo-org/portal";

/** A push: GitHub sends each event by itself, with all of the repository. */
export function gitHubPush({ occurred_at: time, actor, context, targets }: Generated): object {
  const login = actor.id ?? "";
  const commit = {
    ...{ id: `${context?.request_id}${context?.session_id}`.padEnd(40, "0"), distinct: true, timestamp: time },
    ...{ message: `change ${targets?.[0]?.id}`, added: [], removed: [], modified: ["README.md"] },
    ...{ author: { name: actor.name, email: actor.email }, committer: { name: actor.name, email: actor.email } },
  };
  return {
    ...{ ref: "refs/heads/main", before: "6113728f27ae82c7b1a177c8d03f9e96e0adf246", after: commit.id },
    ...{ created: false, deleted: false, forced: false, base_ref: null, commits: [commit], head_commit: commit },
    repository: {
      ...{ id: 1_296_269, node_id: "MDEwOlJlcG9zaXRvcnkxMjk2MjY5", name: "portal", full_name: "octo-org/portal" },
      ...{
        private: true,
        fork: false,
        html_url: "https://github.com/octo-org/portal",
        description: "The portal",
        url: API,
      },
      owner: { login: "octo-org", id: 6_811_672, type: "Organization", site_admin: false },
      ...{
        forks_url: `${API}/forks`,
        keys_url: `${API}/keys{/key_id}`,
        teams_url: `${API}/teams`,
        hooks_url: `${API}/hooks`,
      },
      ...{ tags_url: `${API}/tags`, blobs_url: `${API}/git/blobs{/sha}`, commits_url: `${API}/commits{/sha}` },
      ...{
        created_at: 1_700_000_000,
        pushed_at: Math.floor(Date.parse(time) / 1_000),
        default_branch: "main",
        size: 108,
      },
      ...{ stargazers_count: 0, watchers_count: 0, language: "TypeScript", has_issues: true, visibility: "private" },
    },
    ...{ pusher: { name: login, email: actor.email }, organization: { login: "octo-org", id: 6_811_672 } },
    sender: { login, id: Number(login.slice(2)), type: "User", site_admin: false },
  };
}

/** A line of an organization's audit log as GitHub streams it. */
export function gitHubAudit({ id, occurred_at: time, actor, context, targets }: Generated): object {
  const at = Date.parse(time);
  return {
    ...{ "@timestamp": at, created_at: at, _document_id: id, action: "git.clone", actor: actor.id },
    ...{ actor_id: Number(actor.id?.slice(2)), actor_ip: context?.ip, actor_location: { country_code: "CH" } },
    ...{ org: "octo-org", org_id: 7, repo: `octo-org/${targets?.[0]?.id ?? "portal"}`, repo_id: 1_296_269 },
    ...{
      operation_type: "access",
      user_agent: context?.user_agent,
      transport_protocol: 1,
      transport_protocol_name: "http",
    },
  };
}

/** An activity of the Reports API: a login, or a file that somebody opened. */
export function googleActivity({ id, occurred_at: time, actor, context, targets }: Generated, i: number): object {
  const isLogin = i % 2 === 0;
  const parameters = isLogin
    ? [
        { name: "login_type", value: "google_password" },
        { name: "is_suspicious", boolValue: false },
      ]
    : [
        { name: "doc_id", value: targets?.[0]?.id ?? "d1" },
        { name: "doc_title", value: "Budget" },
        { name: "owner", value: "ada@example.com" },
        { name: "is_encrypted", boolValue: false },
      ];
  return {
    kind: "admin#reports#activity",
    id: { time, uniqueQualifier: id, applicationName: isLogin ? "login" : "drive", customerId: "C03az79cb" },
    actor: { callerType: "USER", email: actor.email, profileId: `10800000000000000${actor.id?.slice(2)}` },
    ipAddress: context?.ip,
    events: [{ type: isLogin ? "login" : "access", name: isLogin ? "login_success" : "view", parameters }],
  };
}

/** A change that RingCX audited. */
export function ringCxResult({ id, occurred_at: time, actor, context }: Generated): object {
  return {
    auditLogResultList: [
      { attributeName: "queueName", originalValue: "Sales", newValue: "Support", classType: "String" },
    ],
    authUser: { sourceId: context?.ip, userName: actor.email, userId: Number(actor.id?.slice(2)) },
    ...{ auditedClass: "InboundQueue", auditedEntityId: id, auditedEntityDescription: "Queue 7", actionType: "UPDATE" },
    ...{ createTime: Date.parse(time), createTimeAsDateTime: time.replace("Z", "+0000"), accountId: "1" },
  };
}
