import type { ReactNode } from "react";
import type { RecordError } from "../api/source-answers.ts";
import { Moment } from "../shared/moment.tsx";
import { RecordFault } from "./record-fault.tsx";

/** A record that is in no log, as it was sent, and why. */
export interface ShownReject {
  /** RFC 3339. */
  readonly at: string;
  readonly error: RecordError;
  readonly payload: string;
}

interface RejectListProps {
  /** Newest first. */
  readonly rejects: readonly ShownReject[];
  /** IANA name. */
  readonly zone: string;
  /** What can be done with one, beside its time. */
  readonly tools?: (reject: ShownReject) => ReactNode;
}

/** Refused records, each with its time, its fault and what was sent. */
export function RejectList({ rejects, zone, tools }: RejectListProps) {
  return (
    <ul className="rejects">
      {rejects.map((reject, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: newest first, and no two differ in anything else
        <li key={`${reject.at} ${i}`}>
          <p className="reject-head">
            <Moment at={reject.at} zone={zone} />
            {tools?.(reject)}
          </p>
          <RecordFault index={i + 1} error={reject.error} payload={reject.payload} />
        </li>
      ))}
    </ul>
  );
}
