import { Fhir } from "fhir";

const validator = new Fhir();

/** What the validator of FHIR R4 finds wrong with a resource. */
export function faultsOf(resource: object): readonly string[] {
  const { messages } = validator.validate(resource, { errorOnUnexpected: true });
  return messages
    .filter(({ severity }) => severity === "error" || severity === "fatal")
    .map(({ message = "" }) => message);
}

/** A Bundle as these tests look at it. */
export interface Bundle {
  readonly resourceType: "Bundle";
  readonly type: string;
  readonly total?: number;
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly {
    readonly fullUrl?: string;
    readonly resource?: AuditEvent;
    readonly response?: { readonly status: string; readonly location?: string; readonly outcome?: object };
  }[];
}

/** An AuditEvent as these tests look at it. */
export interface AuditEvent {
  readonly resourceType: string;
  readonly id: string;
  readonly recorded: string;
  readonly subtype?: readonly { readonly code: string }[];
}
