import { useWho } from "../api/who-context.ts";
import { Mistake } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import type { View } from "../view/view.ts";
import { canChange } from "./permissions.ts";
import { contentOf, isChanged, viewOf } from "./saved-view.ts";
import { useSavedViews, useSaveView } from "./use-saved-views.ts";

interface ViewStateProps {
  readonly view: View;
  /** IANA name. */
  readonly zone: string;
  /** Shows another view. */
  readonly onShow: (view: View) => void;
}

/** Which saved view is open; when the screen shows something else by now, the ways to save that and to go back. */
export function ViewState(props: ViewStateProps) {
  // Without one there is nothing to say, and nothing to ask the server for.
  return props.view.saved === undefined ? null : <OpenedView {...props} />;
}

function OpenedView({ view, zone, onShow }: ViewStateProps) {
  const who = useWho();
  const { data } = useSavedViews();
  const save = useSaveView();
  const saved = data?.views.find(({ id }) => id === view.saved);
  if (saved === undefined) return null;
  const isOther = isChanged(view, saved, { zone });
  const overwrite = () => {
    const kept = { name: saved.name, zone: saved.zone === null ? null : zone, nowMs: Date.now() };
    const content = contentOf(view, { ...kept, range: "as_shown" });
    save.mutate({ id: saved.id, content, shared: saved.shared });
  };
  return (
    <div className="view-state">
      <p role="status">
        <strong>{saved.name}</strong>
        {isOther && <span className="tag">{t.savedViews.changed}</span>}
      </p>
      {isOther && canChange(who, saved) && (
        <button
          type="button"
          className="button"
          aria-label={t.savedViews.overwriteLabel(saved.name)}
          disabled={save.isPending}
          onClick={overwrite}
        >
          {t.savedViews.overwrite}
        </button>
      )}
      {isOther && (
        <button
          type="button"
          className="button"
          aria-label={t.savedViews.backLabel(saved.name)}
          onClick={() => onShow({ ...viewOf(saved), place: view.place, zone: saved.zone ?? view.zone })}
        >
          {t.savedViews.back}
        </button>
      )}
      <Mistake error={save.error} />
    </div>
  );
}
