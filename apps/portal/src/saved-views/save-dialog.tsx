import { useState } from "react";
import { useWho } from "../api/who-context.ts";
import { Dialog } from "../shared/dialog.tsx";
import { CheckField, Form, SelectField, TextField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import { rangeName } from "../timeline/range-picker.tsx";
import type { View } from "../view/view.ts";
import { canShare } from "./permissions.ts";
import { contentOf, fixedRange, type RangeKind, viewOf } from "./saved-view.ts";
import { useSaveView } from "./use-saved-views.ts";

interface SaveDialogProps {
  readonly view: View;
  /** IANA name. */
  readonly zone: string;
  /** The view is saved, and is shown from now on. */
  readonly onSaved: (view: View) => void;
  readonly onClose: () => void;
}

/** Saves what is on the screen under a name. */
export function SaveDialog({ view, zone, onSaved, onClose }: SaveDialogProps) {
  const who = useWho();
  const save = useSaveView();
  const [name, setName] = useState("");
  const [range, setRange] = useState<RangeKind>("as_shown");
  // Whoever chose a zone for this view wants it kept; else it is the clock of their own.
  const [hasZone, setHasZone] = useState(view.zone !== undefined);
  const isMember = who.kind === "member";
  const [isShared, setShared] = useState(!isMember);
  // What "this stretch" means does not change while somebody makes up a name.
  const [nowMs] = useState(Date.now);
  const submit = () => {
    const content = contentOf(view, { name: name.trim(), zone: hasZone ? zone : null, range, nowMs });
    save.mutate(
      { content, shared: isShared },
      {
        onSuccess(saved) {
          onClose();
          onSaved({ ...viewOf(saved), place: view.place, zone: saved.zone ?? view.zone });
        },
      },
    );
  };
  return (
    <Dialog title={t.savedViews.saveTitle} onClose={onClose}>
      <Form submit={t.savedViews.saveButton} isBusy={save.isPending} error={save.error} onSubmit={submit}>
        <TextField label={t.savedViews.name} value={name} isRequired isFirst onChange={setName} />
        {view.range.kind === "last" && (
          <SelectField<RangeKind>
            label={t.savedViews.range}
            value={range}
            options={[
              ["as_shown", t.savedViews.relative(rangeName(view.range, zone))],
              ["fixed", t.savedViews.fixed(rangeName(fixedRange(view.range, nowMs), zone))],
            ]}
            onChange={setRange}
          />
        )}
        <CheckField
          label={t.savedViews.zone(zone)}
          hint={t.savedViews.zoneText}
          isOn={hasZone}
          onChange={(state) => setHasZone(state === "on")}
        />
        {isMember && canShare(who) && (
          <CheckField
            label={t.savedViews.share}
            hint={t.savedViews.shareText}
            isOn={isShared}
            onChange={(state) => setShared(state === "on")}
          />
        )}
        {!isMember && <p>{t.savedViews.onlyShared}</p>}
      </Form>
    </Dialog>
  );
}
