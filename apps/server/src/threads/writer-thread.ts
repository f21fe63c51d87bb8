import { openWriterSide, systemClock } from "@cairn/ledger";
import { connect } from "./rpc.ts";
import type { SealerApi } from "./sealer-api.ts";
import { offer, threadData } from "./thread-entry.ts";
import { createWriterHandlers } from "./writer-handlers.ts";

const { paths, ports } = threadData();
const sealer = connect<SealerApi>(ports.sealer!);
const side = openWriterSide(paths, systemClock);

offer(createWriterHandlers(side, (logs) => sealer.tell("committed", { logs })));
