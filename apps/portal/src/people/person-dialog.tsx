import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../api/api-context.ts";
import type { Api } from "../api/client.ts";
import { RequestFailure } from "../api/problem.ts";
import { Dialog } from "../shared/dialog.tsx";
import { AreaField, Form, SelectField, TextField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import { personLink } from "./person-link.ts";
import type { Subject, UploadAnswer } from "./subject-answers.ts";

interface PersonDialogProps {
  /** Undefined: somebody whom the log does not know yet, or knows by an identifier. */
  readonly person: Subject | undefined;
  readonly onClose: () => void;
}

/** Kinds of identifiers that are offered first; any other is written. */
const NAMESPACES = ["user", "email", "phone", "patient", "other"] as const;
type Namespace = (typeof NAMESPACES)[number];

interface Draft {
  readonly namespace: Namespace;
  readonly otherNamespace: string;
  readonly value: string;
  readonly name: string;
  /** A group a line. */
  readonly groups: string;
  /** An identifier a line, `kind:value`. */
  readonly identifiers: string;
  /** Day from which it holds, as a date field writes it; empty: from now on. */
  readonly since: string;
}

/** What a person is called, in which groups they are, and what else they are known by. */
export function PersonDialog({ person, onClose }: PersonDialogProps) {
  const api = useApi();
  const client = useQueryClient();
  const before = {
    name: person?.name ?? "",
    groups: (person?.groups.find(({ until }) => until === null)?.groups ?? []).join("\n"),
  };
  const [draft, setDraft] = useState<Draft>({
    ...{ namespace: "user", otherNamespace: "", value: "", identifiers: "", since: "" },
    ...before,
  });
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const save = useMutation({
    mutationFn: () => send(api, { person, draft, before }),
    onSuccess: async (ref) => {
      await client.invalidateQueries({ queryKey: ["subjects"] });
      await client.invalidateQueries({ queryKey: ["person", ref] });
      onClose();
      if (person === undefined) location.hash = personLink(ref, undefined);
    },
  });
  return (
    <Dialog
      title={person === undefined ? t.people.add : t.people.changeOf(person.name ?? person.ref)}
      onClose={onClose}
    >
      <Form submit={t.forms.save} isBusy={save.isPending} error={save.error} onSubmit={() => save.mutate()}>
        {person === undefined && (
          <>
            <SelectField
              label={t.people.kind}
              value={draft.namespace}
              options={NAMESPACES.map((each) => [each, t.people.kinds[each]])}
              onChange={(namespace) => change({ namespace })}
            />
            {draft.namespace === "other" && (
              <TextField
                label={t.people.otherKind}
                hint={t.people.otherKindHint}
                value={draft.otherNamespace}
                isRequired
                onChange={(otherNamespace) => change({ otherNamespace })}
              />
            )}
            <TextField
              label={t.people.identifier}
              value={draft.value}
              isRequired
              isFirst
              onChange={(value) => change({ value })}
            />
          </>
        )}
        <TextField
          label={t.people.name}
          hint={t.people.nameHint}
          value={draft.name}
          isFirst={person !== undefined}
          onChange={(name) => change({ name })}
        />
        <AreaField
          label={t.people.groups}
          hint={t.people.groupsHint}
          value={draft.groups}
          onChange={(groups) => change({ groups })}
        />
        <AreaField
          label={t.people.moreIdentifiers}
          hint={t.people.identifiersHint}
          value={draft.identifiers}
          rows={2}
          onChange={(identifiers) => change({ identifiers })}
        />
        <TextField
          label={t.people.since}
          hint={t.people.sinceHint}
          type="date"
          value={draft.since}
          max={new Date().toISOString().slice(0, 10)}
          onChange={(since) => change({ since })}
        />
      </Form>
    </Dialog>
  );
}

interface Sending {
  readonly person: Subject | undefined;
  readonly draft: Draft;
  readonly before: Pick<Draft, "name" | "groups">;
}

/** Says what was changed, and nothing else; gives the reference. Identifiers stand in bodies: addresses get into access logs. */
async function send(api: Api, { person, draft, before }: Sending): Promise<string> {
  const name = draft.name.trim();
  const said = {
    ...(name === "" || name === before.name ? {} : { name }),
    ...(draft.groups === before.groups ? {} : { groups: linesIn(draft.groups) }),
    ...(draft.identifiers.trim() === "" ? {} : { identifiers: linesIn(draft.identifiers).map(identifierOf) }),
    ...(draft.since === "" ? {} : { at: `${draft.since}T00:00:00Z` }),
  };
  if (person !== undefined) {
    await api.send("PUT", `/v1/subjects/${person.ref}`, { body: said });
    return person.ref;
  }
  const namespace = draft.namespace === "other" ? draft.otherNamespace.trim() : draft.namespace;
  const body = { subjects: [{ namespace, value: draft.value.trim(), ...said }] };
  const { results } = await api.send<UploadAnswer>("POST", "/v1/subjects", { body });
  const [result] = results;
  if (result === undefined || result.status === "rejected") throw refused(result?.error);
  return result.ref;
}

/** Names of groups may have commas. */
function linesIn(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function identifierOf(line: string): { readonly namespace: string; readonly value: string } {
  const colon = line.indexOf(":");
  if (colon > 0) return { namespace: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() };
  return { namespace: line.includes("@") ? "email" : "user", value: line };
}

/** One line of several that were sent was refused: as if the request had been. */
function refused(error: { readonly code: string; readonly message: string } | undefined): RequestFailure {
  const { code = "internal", message = t.problems.other } = error ?? {};
  return new RequestFailure({
    ...{ kind: "refused", status: 409, code, message, fix: undefined, place: undefined },
    ...{ retryAfterSeconds: undefined, requestId: undefined },
  });
}
