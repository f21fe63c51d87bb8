import { type MouseEvent, type ReactNode, useState } from "react";
import type { SavedView } from "../api/view-answers.ts";
import { useWho } from "../api/who-context.ts";
import { PageProblem } from "../frame/page.tsx";
import { Icon } from "../shared/icon.tsx";
import { Popover } from "../shared/popover.tsx";
import { t } from "../texts/texts.ts";
import { formatView, PLAIN_VIEW, type View } from "../view/view.ts";
import { ChangeDialog } from "./change-dialog.tsx";
import { canChange, canSave } from "./permissions.ts";
import { SaveDialog } from "./save-dialog.tsx";
import { viewOf } from "./saved-view.ts";
import { useSavedViews } from "./use-saved-views.ts";

interface SavedViewsMenuProps {
  readonly view: View;
  /** By which clock times are shown: IANA name. */
  readonly zone: string;
  /** Shows another view. */
  readonly onShow: (view: View) => void;
}

/** The views that can be opened, and the ways to save what is shown and to change what was saved. */
export function SavedViewsMenu({ view, zone, onShow }: SavedViewsMenuProps) {
  const [open, setOpen] = useState<SavedView | "new">();
  const close = () => setOpen(undefined);
  return (
    <>
      <Popover
        title={t.savedViews.button}
        label={
          <>
            <Icon name="bookmark" />
            <span className="button-text">{t.savedViews.button}</span>
          </>
        }
      >
        {(closeMenu) => (
          <Choices
            view={view}
            onShow={(shown) => {
              closeMenu();
              onShow(shown);
            }}
            onChange={(what) => {
              closeMenu();
              setOpen(what);
            }}
          />
        )}
      </Popover>
      {open === "new" && <SaveDialog view={view} zone={zone} onSaved={onShow} onClose={close} />}
      {open !== undefined && open !== "new" && (
        <ChangeDialog
          saved={open}
          onRemoved={() => {
            if (view.saved === open.id) onShow({ ...view, saved: undefined });
          }}
          onClose={close}
        />
      )}
    </>
  );
}

interface ChoicesProps {
  readonly view: View;
  readonly onShow: (view: View) => void;
  readonly onChange: (what: SavedView | "new") => void;
}

/** What the menu offers. Views are links, so that each can be opened elsewhere or copied. */
function Choices({ view, onShow, onChange }: ChoicesProps) {
  const who = useWho();
  const { data, error } = useSavedViews();
  const views = data?.views ?? [];
  const link = (shown: View, name: ReactNode) => (
    <a
      className="choice"
      href={formatView(shown)}
      aria-current={shown.saved !== undefined && shown.saved === view.saved ? "true" : undefined}
      onClick={(event: MouseEvent) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        onShow(shown);
      }}
    >
      {name}
    </a>
  );
  const item = (saved: SavedView) => (
    <li key={saved.id}>
      {link(
        viewOf(saved),
        <>
          {saved.name}
          {saved.default && <span className="quiet">{t.savedViews.opensWith}</span>}
        </>,
      )}
      {canChange(who, saved) && (
        <button
          type="button"
          className="bare"
          aria-label={t.savedViews.change(saved.name)}
          title={t.savedViews.change(saved.name)}
          onClick={() => onChange(saved)}
        >
          <Icon name="pencil" />
        </button>
      )}
    </li>
  );
  const groups = [
    [t.savedViews.shared, views.filter(({ shared }) => shared)],
    [t.savedViews.own, views.filter(({ shared }) => !shared)],
  ] as const;
  return (
    <div className="views-panel">
      {link({ ...PLAIN_VIEW, zone: view.zone }, t.savedViews.everything)}
      {data === undefined && <PageProblem error={error} />}
      {data !== undefined && views.length === 0 && <p className="quiet">{t.savedViews.none}</p>}
      {groups.map(
        ([title, members]) =>
          members.length > 0 && (
            <section key={title} aria-label={title}>
              <h2>{title}</h2>
              <ul className="views-list">{members.map(item)}</ul>
            </section>
          ),
      )}
      {canSave(who) && (
        <button type="button" className="button" onClick={() => onChange("new")}>
          {t.savedViews.save}
        </button>
      )}
    </div>
  );
}
