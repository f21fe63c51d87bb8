import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useApi } from "../api/api-context.ts";
import { Dialog } from "../shared/dialog.tsx";
import { Form, Mistake } from "../shared/form.tsx";
import { plural } from "../texts/format.ts";
import { Rich } from "../texts/rich.tsx";
import { t } from "../texts/texts.ts";
import { PreviewTable } from "./preview-table.tsx";
import type { PreviewAnswer, UploadAnswer } from "./subject-answers.ts";

/** A file of people (CSV): what it would change is shown first. */
export function UploadDialog({ onClose }: { readonly onClose: () => void }) {
  const api = useApi();
  const client = useQueryClient();
  const id = useId();
  const [csv, setCsv] = useState<string>();
  const preview = useMutation({
    mutationFn: (text: string) => api.send<PreviewAnswer>("POST", "/v1/subjects?preview=true", { csv: text }),
  });
  const upload = useMutation({
    mutationFn: (text: string) => api.send<UploadAnswer>("POST", "/v1/subjects", { csv: text }),
    onSuccess: () => Promise.all(["subjects", "person"].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  const choose = async (file: File | undefined) => {
    upload.reset();
    preview.reset();
    const text = await file?.text();
    setCsv(text);
    if (text !== undefined) preview.mutate(text);
  };
  const lines = preview.data?.results;
  const changing = lines?.filter(({ status }) => status === "new" || status === "changed").length ?? 0;
  const done = upload.data?.results;
  return (
    <Dialog title={t.people.upload} onClose={onClose}>
      <p className="quiet">
        <Rich text={t.people.uploadText} />
      </p>
      <pre>{t.people.uploadExample}</pre>
      {done === undefined ? (
        <Form
          submit={lines === undefined ? t.people.upload : t.people.sayAll(changing)}
          isBusy={changing === 0 || upload.isPending}
          error={upload.error}
          onSubmit={() => csv !== undefined && upload.mutate(csv)}
        >
          <div className="field">
            <label htmlFor={id}>{t.people.file}</label>
            <input
              id={id}
              type="file"
              accept=".csv,text/csv"
              onChange={(event) => void choose(event.target.files?.[0])}
            />
          </div>
          <Mistake error={preview.error} />
          {preview.isPending && <p role="status">{t.loading}</p>}
          {lines !== undefined && <PreviewTable lines={lines} />}
        </Form>
      ) : (
        <>
          <p role="status">
            {t.people.recorded} {plural(done.filter(({ status }) => status === "rejected").length, t.people.rejected)}
          </p>
          <button type="button" className="button" onClick={onClose}>
            {t.close}
          </button>
        </>
      )}
    </Dialog>
  );
}
