import Type, { type Static } from "typebox";

export const QuerySchema = Type.Object(
  {
    atomic: Type.Optional(Type.Boolean({ description: "Record all events or none." })),
    wait: Type.Optional(
      Type.Enum(["sealed", "searchable"], {
        description: "`sealed`: answer with a proof for each event. `searchable`: answer once search finds them.",
      }),
    ),
  },
  { additionalProperties: false },
);

export type WriteQuery = Static<typeof QuerySchema>;

const ReceiptSchema = Type.Object({
  ledger: Type.Integer({ description: "Epoch number, from 1." }),
  sequence: Type.Integer({ description: "Index of the entry in the log, from 0." }),
  received_at: Type.String({ description: "RFC 3339, UTC, milliseconds." }),
  event_root: Type.String({ description: "Root of the event's commitments, hex." }),
});

export const AnswerSchema = Type.Object({
  results: Type.Array(
    Type.Object({
      status: Type.Enum(["created", "duplicate", "conflict", "rejected"]),
      id: Type.Optional(Type.String()),
      tenant: Type.Optional(Type.String()),
      receipt: Type.Optional(ReceiptSchema),
      proof: Type.Optional(Type.String({ description: "C2SP tlog-proof." })),
      error: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    }),
  ),
});
