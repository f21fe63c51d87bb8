import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../api/api-context.ts";
import { useWho } from "../api/who-context.ts";
import { Panel } from "../overview/ranked.tsx";
import { AskFirst } from "../shared/ask-first.tsx";
import { Mistake } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import type { View } from "../view/view.ts";
import { JoinDialog } from "./join-dialog.tsx";
import { personLink } from "./person-link.ts";
import type { Subject } from "./subject-answers.ts";
import { identifierLine, subjectName } from "./subject-words.ts";

interface SamePanelProps {
  readonly person: Subject;
  readonly zone: View["zone"];
}

/** The other references of a person, and how to say who is the same and who is not. Nothing where neither is to be had. */
export function SamePanel({ person, zone }: SamePanelProps) {
  const api = useApi();
  const who = useWho();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const separate = useMutation({
    mutationFn: (ref: string) => api.send("DELETE", `/v1/subjects/${ref}/same-as`),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["subjects"] });
      await client.invalidateQueries({ queryKey: ["person"] });
    },
  });
  const mayWrite = who.can("subjects:write");
  if (person.same_as.length === 0 && !mayWrite) return null;
  return (
    <Panel title={t.people.same} note={t.people.sameNote} width="full">
      {person.same_as.length > 0 && (
        <ul className="plain-list">
          {person.same_as.map((other) => (
            <li key={other.ref}>
              <span>
                <a href={personLink(other.ref, zone)}>{subjectName(other)}</a>{" "}
                <span className="quiet">{identifierLine(other.identifiers)}</span> <code>{other.ref}</code>
              </span>
              {mayWrite && (
                <AskFirst
                  label={t.people.separate(subjectName(other))}
                  question={t.people.separateText}
                  isBusy={separate.isPending}
                  onDo={() => separate.mutate(other.ref)}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      <Mistake error={separate.error} />
      {mayWrite && (
        <button type="button" className="button" onClick={() => setOpen(true)}>
          {t.people.joinOther}
        </button>
      )}
      {isOpen && <JoinDialog person={person} onClose={() => setOpen(false)} />}
    </Panel>
  );
}
