import { openWriterSide, systemClock } from "@cairn/ledger";
import type { IndexApi } from "./index-api.ts";
import { connect } from "./rpc.ts";
import type { SealerApi } from "./sealer-api.ts";
import { offer, threadData } from "./thread-entry.ts";
import { createWriterHandlers } from "./writer-handlers.ts";

const { paths, ports } = threadData();
const sealer = connect<SealerApi>(ports.sealer!);
const index = connect<IndexApi>(ports.index!);
const side = openWriterSide(paths, systemClock);

offer(
  createWriterHandlers(side, (logs) => {
    sealer.tell("committed", { logs });
    index.tell("committed", { logs });
  }),
);
