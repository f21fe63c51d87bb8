import { openReaderSide } from "@cairn/ledger";
import { translationOf } from "../ingest/dialects/translation-of.ts";
import { createIngest } from "../ingest/ingest-service.ts";
import { connect } from "./rpc.ts";
import { offer, threadData } from "./thread-entry.ts";
import type { WriterApi } from "./writer-api.ts";

const { paths, ports } = threadData();
const writer = connect<WriterApi>(ports.writer!);
// Answers to many small requests become ready together: when the group they were in is committed.
offer(createIngest({ side: openReaderSide(paths), writer, translationOf }), "gathered");
