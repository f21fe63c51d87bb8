import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../api/api-context.ts";
import { Dialog } from "../shared/dialog.tsx";
import { Form, Mistake, TextField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import type { Subject, SubjectPage } from "./subject-answers.ts";
import { identifierLine, subjectName } from "./subject-words.ts";

const SHOWN = 8;

interface JoinDialogProps {
  readonly person: Subject;
  readonly onClose: () => void;
}

/** Finds somebody who is the same person under another reference, and says so. */
export function JoinDialog({ person, onClose }: JoinDialogProps) {
  const api = useApi();
  const client = useQueryClient();
  const [text, setText] = useState("");
  const [asked, setAsked] = useState("");
  const { data, error } = useQuery({
    queryKey: ["subjects", "to join", asked],
    queryFn: () => api.send<SubjectPage>("POST", "/v1/subjects/search", { body: { q: asked, limit: SHOWN } }),
    enabled: asked !== "",
  });
  const join = useMutation({
    mutationFn: (other: string) => api.send("PUT", `/v1/subjects/${person.ref}/same-as/${other}`),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["subjects"] });
      await client.invalidateQueries({ queryKey: ["person"] });
      onClose();
    },
  });
  const own = [person.ref, ...person.same_as.map(({ ref }) => ref)];
  const found = data?.subjects.filter(({ ref }) => !own.includes(ref));
  return (
    <Dialog title={t.people.joinTitle(subjectName(person))} onClose={onClose}>
      <p>{t.people.joinText}</p>
      <Form submit={t.people.search} isBusy={false} error={error} onSubmit={() => setAsked(text.trim())}>
        <TextField label={t.people.find} hint={t.people.findHint} value={text} isRequired isFirst onChange={setText} />
      </Form>
      <Mistake error={join.error} />
      {found?.length === 0 && <p role="status">{t.people.none}</p>}
      {found !== undefined && found.length > 0 && (
        <ul className="plain-list">
          {found.map((each) => (
            <li key={each.ref}>
              <span>
                {subjectName(each)} <span className="quiet">{identifierLine(each.identifiers)}</span>
              </span>
              <button
                type="button"
                className="button"
                disabled={join.isPending}
                aria-label={t.people.joinWith(subjectName(each))}
                onClick={() => join.mutate(each.ref)}
              >
                {t.people.join}
              </button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
