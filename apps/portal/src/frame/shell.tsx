import { lazy, type RefObject, Suspense, useEffect, useRef, useState } from "react";
import type { TenantAnswer } from "../api/answers.ts";
import markUrl from "../cairn.svg";
import { KeysDialog } from "../keyboard/keys-dialog.tsx";
import { areShortcutsOn, setShortcuts, useShortcuts } from "../keyboard/shortcuts.ts";
import { LogPage } from "../list/log-page.tsx";
import { Icon } from "../shared/icon.tsx";
import { useNarrow } from "../shared/use-narrow.ts";
import { t } from "../texts/texts.ts";
import { storedZone } from "../timeline/zone-choice.tsx";
import { showView, useView } from "../view/use-view.ts";
import { PLAIN_VIEW, type View } from "../view/view.ts";
import { zoneName } from "../view/zones.ts";
import { Navigation } from "./navigation.tsx";
import { Offline } from "./offline.tsx";

// A reader of the list does not wait for the other pages.
const Overview = lazy(() => import("../overview/overview-page.tsx"));
const Actions = lazy(() => import("../actions/actions-page.tsx"));
const Exports = lazy(() => import("../exports/exports-page.tsx"));
const Integrity = lazy(() => import("../integrity/integrity-page.tsx"));
const Help = lazy(() => import("../help/help-page.tsx"));

interface ShellProps {
  readonly tenant: TenantAnswer;
  readonly onSignOut: () => void;
}

/** Whose log it is, the way to each page, and the page. */
export function Shell({ tenant, onSignOut }: ShellProps) {
  const view = useView();
  const isNarrow = useNarrow();
  const queryInput = useRef<HTMLInputElement>(null);
  const [isKeysShown, setKeysShown] = useState(false);
  const [isKeyed, setKeyed] = useState(areShortcutsOn);
  const name = tenant.name ?? tenant.tenant;
  useEffect(() => {
    document.title = `${t.pages[view.page]} · ${name} · Cairn`;
  }, [view.page, name]);
  useShortcuts(
    [
      { key: "?", run: () => setKeysShown(true) },
      ...(view.page === "events" ? [] : [{ key: "/", run: () => showView({ ...PLAIN_VIEW, zone: view.zone }, "new") }]),
    ],
    { isOn: isKeyed },
  );
  const isCovered = isNarrow && view.page === "events" && view.place !== undefined;
  return (
    <div className="shell">
      <header className="top" inert={isCovered}>
        <p className="top-name">
          <img src={markUrl} alt="Cairn" width="22" height="22" />
          <span>{name}</span>
        </p>
        <Navigation view={view} />
        <div className="top-tools">
          <button
            type="button"
            className="bare"
            aria-label={t.keys.title}
            title={t.keys.hint}
            onClick={() => setKeysShown(true)}
          >
            <Icon name="keys" />
          </button>
          <button type="button" className="button" onClick={onSignOut}>
            {t.signOut}
          </button>
        </div>
      </header>
      <Offline />
      <Suspense fallback={<p className="reading quiet">{t.loading}</p>}>
        <PageOf view={view} tenant={tenant} isKeyed={isKeyed} queryInput={queryInput} />
      </Suspense>
      {isKeysShown && (
        <KeysDialog
          isOn={isKeyed}
          onSwitch={(state) => {
            setShortcuts(state);
            setKeyed(state === "on");
          }}
          onClose={() => setKeysShown(false)}
        />
      )}
    </div>
  );
}

interface PageOfProps {
  readonly view: View;
  readonly tenant: TenantAnswer;
  readonly isKeyed: boolean;
  readonly queryInput: RefObject<HTMLInputElement | null>;
}

function PageOf({ view, tenant, isKeyed, queryInput }: PageOfProps) {
  const zone = zoneName(view.zone ?? storedZone());
  switch (view.page) {
    case "events":
      return <LogPage view={view} isKeyed={isKeyed} queryInput={queryInput} />;
    case "overview":
      return <Overview view={view} zone={zone} />;
    case "actions":
      return <Actions view={view} zone={zone} />;
    case "exports":
      return <Exports zone={zone} />;
    case "integrity":
      return <Integrity tenant={tenant} zone={zone} />;
    case "help":
      return <Help tenant={tenant} />;
  }
}
