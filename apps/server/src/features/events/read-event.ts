import { CairnError, type RecordedEvent } from "@cairn/event";
import type { ServerContext } from "../../context.ts";
import type { Entered } from "../../http/principal.ts";
import type { Place } from "../../threads/reader-api.ts";
import { filterOf } from "../changes/filter.ts";
import { translated } from "../search/translate.ts";

/**
 * Reads an event by its place, if it lies within the reader's wall.
 * @throws CairnError not_found, whether there is none or none for them
 */
export async function readEvent(context: ServerContext, entered: Entered, place: Place): Promise<RecordedEvent> {
  const reader = context.threads.reader;
  const tenantNo = entered.tenant.no;
  const { wall } = entered.principal;
  const { ledger, sequence } = place;
  const found =
    wall === undefined
      ? (await reader.call("events", { tenantNo, places: [place] }))[0]
      : (
          await reader.call("changes", {
            ...{ tenantNo, ledger, first: sequence, limit: 1 },
            filter: await translated(() => filterOf(context, entered, "")),
          })
        ).events.find((event) => event.sequence === sequence);
  if (found === undefined) throw new CairnError("not_found", "the log has no such event");
  return found;
}
