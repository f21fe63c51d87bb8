/** Connections of one source: a relay has one or a few, machines without a relay have one each. */
export const MAX_CONNECTIONS = 250;
/**
 * A connection that was silent for so long makes room when a source has all that it may. Until then silence is no reason to
 * close: a sender that finds its connection closed has often lost a message already.
 */
export const MAY_MAKE_ROOM_MS = 10 * 60_000;
/** How often a silent connection is asked whether its other side is still there. */
export const KEEP_ALIVE_MS = 60_000;
/** How long the rest of a message may take once it has begun. */
export const WHOLE_MESSAGE_MS = 60_000;
/** How long a handshake may take. */
export const HANDSHAKE_MS = 10_000;

/** Messages recorded at once: one durable write for all. */
export const BATCH_MESSAGES = 500;
/** Bytes recorded at once. */
export const BATCH_BYTES = 2 << 20;
/** How long messages are gathered when few come. */
export const GATHER_MS = 100;
/** Messages that wait before no more are read from the network: some batches, so that reading and writing overlap. */
export const FULL_MESSAGES = 4 * BATCH_MESSAGES;
/** Bytes that wait before no more are read from the network. */
export const FULL_BYTES = 4 * BATCH_BYTES;

/** When the server stops: how long senders have to notice, and what they sent before to arrive. */
export const FAREWELL_MS = 2_000;
/** When the server stops: how long what has arrived may take to be recorded. */
export const DRAIN_MS = 8_000;

/** Broken frames kept for the owner in a minute: who sends nothing but rubbish shall not fill the disk with it. */
export const KEPT_FAULTS_PER_MINUTE = 20;
