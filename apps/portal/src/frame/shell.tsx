import { Suspense, useEffect, useRef, useState } from "react";
import { useWho } from "../api/who-context.ts";
import markUrl from "../cairn.svg";
import { KeysDialog } from "../keyboard/keys-dialog.tsx";
import { areShortcutsOn, setShortcuts, useShortcuts } from "../keyboard/shortcuts.ts";
import { Icon } from "../shared/icon.tsx";
import { useNarrow } from "../shared/use-narrow.ts";
import { t } from "../texts/texts.ts";
import { showView, useView } from "../view/use-view.ts";
import { formatView, type PageName, PLAIN_VIEW, type View } from "../view/view.ts";
import { Navigation } from "./navigation.tsx";
import { LinkNotice, VisitNotice } from "./notices.tsx";
import { Offline } from "./offline.tsx";
import { PageOf, type ShellProps } from "./page-of.tsx";
import { type OpenPages, pagesFor } from "./pages.ts";

/** Whose log it is, the way to each page, and the page. */
export function Shell(props: ShellProps) {
  const { tenant, at } = props;
  const who = useWho();
  const asked = useView();
  const pages = pagesFor(who, tenant);
  const view = permitted(asked, pages);
  const isNarrow = useNarrow();
  const queryInput = useRef<HTMLInputElement>(null);
  const [isKeysShown, setKeysShown] = useState(false);
  const [isKeyed, setKeyed] = useState(areShortcutsOn);
  const name = tenant?.name ?? tenant?.tenant ?? at?.tenant ?? who.tenant ?? "";
  useEffect(() => {
    document.title = `${t.pages[view.page]} · ${name} · Cairn`;
  }, [view.page, name]);
  useShortcuts(
    [
      { key: "?", run: () => setKeysShown(true) },
      ...(view.page === "events" || tenant === undefined
        ? []
        : [{ key: "/", run: () => showView({ ...PLAIN_VIEW, zone: view.zone }, "new") }]),
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
        <Navigation view={view} pages={pages} />
        <div className="top-tools">
          <a
            className="top-who"
            href={formatView({ ...PLAIN_VIEW, page: "account" })}
            aria-current={view.page === "account" ? "page" : undefined}
          >
            {who.kind === "member" ? (who.name ?? who.email) : t.pages.account}
          </a>
          <button
            type="button"
            className="bare"
            aria-label={t.keys.title}
            title={t.keys.hint}
            onClick={() => setKeysShown(true)}
          >
            <Icon name="keys" />
          </button>
          <button type="button" className="button" onClick={props.onSignOut}>
            {t.signOut}
          </button>
        </div>
      </header>
      <div className="shell-notices">
        <Offline />
        {at !== undefined && (
          <VisitNotice name={name} isRead={tenant !== undefined} onBack={() => props.onVisit(undefined)} />
        )}
        {who.may_become_member && view.page !== "account" && <LinkNotice />}
      </div>
      <Suspense fallback={<p className="reading quiet">{t.loading}</p>}>
        <PageOf {...props} view={view} isKeyed={isKeyed} queryInput={queryInput} />
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

/** Who may not see events begins elsewhere. Any other page says by itself that it may not be seen. */
function permitted(view: View, { reading, managing }: OpenPages): View {
  if (view.page !== "events" || reading.includes("events")) return view;
  const first: PageName = managing[0] ?? "help";
  return { ...view, page: first };
}
