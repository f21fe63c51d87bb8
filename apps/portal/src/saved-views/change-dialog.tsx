import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { SavedView } from "../api/view-answers.ts";
import { useWho } from "../api/who-context.ts";
import { AskFirst } from "../shared/ask-first.tsx";
import { Dialog } from "../shared/dialog.tsx";
import { CheckField, Form, Mistake, TextField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import { canShare } from "./permissions.ts";
import { contentOfSaved } from "./saved-view.ts";
import { useDefaultView, useRemoveView, useSaveView } from "./use-saved-views.ts";

interface ChangeDialogProps {
  readonly saved: SavedView;
  readonly onRemoved: () => void;
  readonly onClose: () => void;
}

/** Renames a saved view, shares it, lets the log open with it, or removes it; what it shows stays. */
export function ChangeDialog({ saved, onRemoved, onClose }: ChangeDialogProps) {
  const who = useWho();
  const save = useSaveView();
  const choose = useDefaultView();
  const remove = useRemoveView();
  const [name, setName] = useState(saved.name);
  const [isShared, setShared] = useState(saved.shared);
  const [isDefault, setDefault] = useState(saved.default);
  const change = useMutation({
    async mutationFn() {
      const content = { ...contentOfSaved(saved), name: name.trim() };
      if (content.name !== saved.name || isShared !== saved.shared)
        await save.mutateAsync({ id: saved.id, content, shared: isShared });
      // The server forgets by itself that the log opens with a view that is no longer shared.
      if (isShared && isDefault !== saved.default) await choose.mutateAsync(isDefault ? saved.id : null);
    },
    onSuccess: onClose,
  });
  return (
    <Dialog title={t.savedViews.change(saved.name)} onClose={onClose}>
      <Form submit={t.forms.save} isBusy={change.isPending} error={change.error} onSubmit={() => change.mutate()}>
        <TextField label={t.savedViews.name} value={name} isRequired onChange={setName} />
        {canShare(who) && (
          <CheckField
            label={t.savedViews.share}
            hint={t.savedViews.shareText}
            isOn={isShared}
            onChange={(state) => setShared(state === "on")}
          />
        )}
        {canShare(who) && isShared && (
          <CheckField
            label={t.savedViews.isDefault}
            hint={t.savedViews.isDefaultText}
            isOn={isDefault}
            onChange={(state) => setDefault(state === "on")}
          />
        )}
      </Form>
      <hr />
      <Mistake error={remove.error} />
      <AskFirst
        label={t.savedViews.remove}
        question={t.savedViews.removeText}
        isBusy={remove.isPending}
        onDo={() =>
          remove.mutate(saved.id, {
            onSuccess() {
              onRemoved();
              onClose();
            },
          })
        }
      />
    </Dialog>
  );
}
