import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../api/api-context.ts";
import { endOfDay } from "../shared/days.ts";
import { Dialog } from "../shared/dialog.tsx";
import { Form, LastDayField, TextField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import { useTenantsRefresh } from "./use-tenants.ts";

interface NewProjectDialogProps {
  readonly onMade: (id: string) => void;
  readonly onClose: () => void;
}

/** Makes a project. */
export function NewProjectDialog({ onMade, onClose }: NewProjectDialogProps) {
  const api = useApi();
  const refresh = useTenantsRefresh();
  const [id, setId] = useState("");
  const [name, setName] = useState("");
  const make = useMutation({
    mutationFn: () => api.send("POST", "/v1/projects", { body: { id: id.trim(), ...named(name) } }),
    async onSuccess() {
      await refresh();
      onMade(id.trim());
      onClose();
    },
  });
  return (
    <Dialog title={t.tenants.newProject} onClose={onClose}>
      <Form submit={t.tenants.make} isBusy={make.isPending} error={make.error} onSubmit={() => make.mutate()}>
        <TextField label={t.tenants.id} hint={t.tenants.idHint} value={id} isRequired isFirst onChange={setId} />
        <TextField label={t.tenants.name} hint={t.tenants.nameHint} value={name} onChange={setName} />
      </Form>
    </Dialog>
  );
}

interface NewTenantDialogProps {
  readonly project: string;
  readonly onClose: () => void;
}

/** Makes a tenant of a project. */
export function NewTenantDialog({ project, onClose }: NewTenantDialogProps) {
  const api = useApi();
  const refresh = useTenantsRefresh();
  const [id, setId] = useState("");
  const [name, setName] = useState("");
  const [lastDay, setLastDay] = useState("");
  const make = useMutation({
    mutationFn: () => {
      const expires = endOfDay(lastDay);
      const body = { id: id.trim(), ...named(name), ...(expires === undefined ? {} : { expires_at: expires }) };
      return api.send("POST", "/v1/tenants", { body, at: { project } });
    },
    async onSuccess() {
      await refresh();
      onClose();
    },
  });
  return (
    <Dialog title={t.tenants.newTenant} onClose={onClose}>
      <Form submit={t.tenants.make} isBusy={make.isPending} error={make.error} onSubmit={() => make.mutate()}>
        <TextField label={t.tenants.id} hint={t.tenants.idHint} value={id} isRequired isFirst onChange={setId} />
        <TextField label={t.tenants.name} hint={t.tenants.nameHint} value={name} onChange={setName} />
        <LastDayField hint={t.forms.noEnd} value={lastDay} onChange={setLastDay} />
      </Form>
    </Dialog>
  );
}

function named(name: string): object {
  return name.trim() === "" ? {} : { name: name.trim() };
}
