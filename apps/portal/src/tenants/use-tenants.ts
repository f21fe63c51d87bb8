import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Tenant } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";

/** The tenants of a project. */
export function useTenants(project: string | undefined) {
  const api = useApi();
  return useQuery({
    queryKey: ["tenants", project],
    queryFn: ({ signal }) => api.get<{ readonly tenants: readonly Tenant[] }>("/v1/tenants", signal, { project }),
    enabled: project !== undefined,
  });
}

/** Has what is known of projects and tenants asked for again. */
export function useTenantsRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await Promise.all([
      client.invalidateQueries({ queryKey: ["tenants"] }),
      client.invalidateQueries({ queryKey: ["projects"] }),
    ]);
  };
}
