import { lazy, type RefObject } from "react";
import type { TenantAnswer } from "../api/answers.ts";
import type { TenantName } from "../api/credential.ts";
import { LogPage } from "../list/log-page.tsx";
import { storedZone } from "../timeline/zone-choice.tsx";
import type { View } from "../view/view.ts";
import { zoneName } from "../view/zones.ts";

// A reader of the list does not wait for the other pages.
const Overview = lazy(() => import("../overview/overview-page.tsx"));
const People = lazy(() => import("../people/people-page.tsx"));
const Actions = lazy(() => import("../actions/actions-page.tsx"));
const Exports = lazy(() => import("../exports/exports-page.tsx"));
const Integrity = lazy(() => import("../integrity/integrity-page.tsx"));
const Help = lazy(() => import("../help/help-page.tsx"));
const Members = lazy(() => import("../members/members-page.tsx"));
const Keys = lazy(() => import("../keys/keys-page.tsx"));
const Sources = lazy(() => import("../sources/sources-page.tsx"));
const Settings = lazy(() => import("../settings/settings-page.tsx"));
const Tenants = lazy(() => import("../tenants/tenants-page.tsx"));
const Health = lazy(() => import("../health/health-page.tsx"));
const Account = lazy(() => import("../account/account-page.tsx"));

/** What the frame is given. */
export interface ShellProps {
  /** Undefined for an operator whom the tenant does not let read. */
  readonly tenant: TenantAnswer | undefined;
  /** The tenant that an operator looks at, when it is not their own. */
  readonly at: TenantName | undefined;
  /** Looks at another tenant's pages, or comes back from there. */
  readonly onVisit: (at: TenantName | undefined) => void;
  /** The browser's session is another one now. */
  readonly onSession: () => void;
  /** Whoever looks is called otherwise now. */
  readonly onRenamed: () => void;
  readonly onSignOut: () => void;
}

/** What a page is given. */
interface PageOfProps extends ShellProps {
  readonly view: View;
  readonly isKeyed: boolean;
  readonly queryInput: RefObject<HTMLInputElement | null>;
}

/** The page that the address names. */
export function PageOf({ view, tenant, isKeyed, queryInput, onVisit, onSession, onRenamed }: PageOfProps) {
  const zone = zoneName(view.zone ?? storedZone());
  switch (view.page) {
    case "events":
      return <LogPage view={view} isKeyed={isKeyed} queryInput={queryInput} />;
    case "overview":
      return <Overview view={view} zone={zone} />;
    case "people":
      return <People key={view.person} view={view} zone={zone} />;
    case "actions":
      return <Actions view={view} zone={zone} />;
    case "exports":
      return <Exports zone={zone} />;
    case "integrity":
      return <Integrity tenant={tenant} zone={zone} />;
    case "help":
      return <Help tenant={tenant} />;
    case "members":
      return <Members view={view} zone={zone} />;
    case "keys":
      return <Keys zone={zone} />;
    case "sources":
      return <Sources view={view} zone={zone} />;
    case "settings":
      return <Settings zone={zone} />;
    case "tenants":
      return <Tenants zone={zone} onVisit={onVisit} />;
    case "health":
      return <Health />;
    case "account":
      return <Account zone={zone} onSession={onSession} onRenamed={onRenamed} />;
  }
}
