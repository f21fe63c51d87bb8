import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { ApiKey, NewKey } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { Dialog } from "../shared/dialog.tsx";
import { Form, SelectField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import type { KeyDialogProps } from "./key-dialog-props.ts";
import { OnceShown } from "./once-shown.tsx";

/** Makes a key in place of another; for a while both work. */
export function RotateDialog({ of, known, onDone, onClose }: KeyDialogProps & { readonly known: ApiKey }) {
  const api = useApi();
  const [hours, setHours] = useState("24");
  const rotate = useMutation({
    mutationFn: () =>
      api.send<NewKey>("POST", `/v1/keys/${known.id}/rotate${of === "project" ? "?of=project" : ""}`, {
        body: { overlap_hours: Number(hours) },
      }),
    onSuccess: onDone,
  });
  return (
    <Dialog title={t.apiKeys.rotateOf(known.name)} onClose={onClose}>
      {rotate.data !== undefined ? (
        <OnceShown made={rotate.data} />
      ) : (
        <Form submit={t.apiKeys.rotate} isBusy={rotate.isPending} error={rotate.error} onSubmit={() => rotate.mutate()}>
          <p>{t.apiKeys.rotateText}</p>
          <SelectField label={t.apiKeys.overlap} value={hours} options={t.apiKeys.overlaps} onChange={setHours} />
        </Form>
      )}
    </Dialog>
  );
}
