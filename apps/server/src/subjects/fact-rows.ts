import type { SubjectFact } from "@cairn/ledger";
import type { SubjectFactRow } from "@cairn/search";

/** A statement as the index keeps it. Groups are not searched there: they hold for a time only. */
export function factRow({ tenantNo, ref, fromMs, statement }: SubjectFact): SubjectFactRow | undefined {
  const about = { tenantNo, ref, firstMs: fromMs, seenMs: fromMs };
  switch (statement.kind) {
    case "name":
      return { ...about, kind: "name", value: statement.name };
    case "identifier":
      return { ...about, kind: statement.namespace === "email" ? "email" : "id", value: statement.value };
    case "groups":
    case "same":
      return undefined;
  }
}
