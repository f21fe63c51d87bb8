import { useWho } from "../api/who-context.ts";
import { Panel } from "../overview/ranked.tsx";
import { useDefaultView, useSavedViews } from "../saved-views/use-saved-views.ts";
import { Mistake, SelectField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";

/** What the log opens with; nothing where that cannot be seen, as by operators whom the tenant does not let read. */
export function DefaultViewPanel() {
  const who = useWho();
  const { data } = useSavedViews();
  const choose = useDefaultView();
  // Behind a wall there are only one's own views: what others begin with is not told.
  if (data === undefined || who.walled) return null;
  const shared = data.views.filter((view) => view.shared);
  const chosen = shared.find(({ id }) => id === data.default);
  return (
    <Panel title={t.savedViews.button}>
      {who.can("views:write") ? (
        <>
          <SelectField
            label={t.settings.defaultView}
            hint={t.settings.defaultViewText}
            value={chosen?.id ?? ""}
            options={[["", t.savedViews.everything], ...shared.map(({ id, name }) => [id, name] as const)]}
            onChange={(id) => choose.mutate(id === "" ? null : id)}
          />
          <Mistake error={choose.error} />
          {choose.isSuccess && <p role="status">{t.forms.saved}</p>}
        </>
      ) : (
        <dl className="facts">
          <div>
            <dt>{t.settings.defaultView}</dt>
            <dd>{chosen?.name ?? t.savedViews.everything}</dd>
          </div>
        </dl>
      )}
    </Panel>
  );
}
