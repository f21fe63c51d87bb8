/** What somebody is known by. */
export interface SubjectIdentifier {
  /** Null: an event has it, and its kind is not known. */
  readonly namespace: string | null;
  readonly value: string;
}

/** A line of the list of people. */
export interface SubjectLine {
  /** Reference, `sub_…`. */
  readonly ref: string;
  readonly name: string | null;
  readonly identifiers: readonly SubjectIdentifier[];
  /** Groups now. */
  readonly groups: readonly string[];
  /** Other references of the same person. */
  readonly same_as: readonly string[];
}

export interface SubjectPage {
  readonly subjects: readonly SubjectLine[];
  readonly next: string | null;
}

/** One person, under one reference. */
export interface Subject {
  readonly ref: string;
  readonly name: string | null;
  readonly is_forgotten: boolean;
  readonly names: readonly {
    readonly value: string;
    /** Null behind a wall. */
    readonly since: string | null;
    readonly source: "directory" | "events";
  }[];
  readonly identifiers: readonly SubjectIdentifier[];
  readonly groups: readonly {
    readonly groups: readonly string[];
    readonly since: string | null;
    readonly until: string | null;
  }[];
  readonly same_as: readonly Pick<SubjectLine, "ref" | "name" | "identifiers">[];
  readonly event_count: number;
  readonly first_seen_at: string | null;
  readonly last_seen_at: string | null;
}

/** What became of what was said about people, in the order in which it was said. */
export interface UploadAnswer {
  readonly results: readonly (
    | { readonly status: "recorded" | "unchanged"; readonly ref: string }
    | { readonly status: "rejected"; readonly error: UploadError }
  )[];
}

export interface UploadError {
  readonly code: string;
  readonly message: string;
}

/** What an upload would change. */
export interface PreviewAnswer {
  readonly results: readonly PreviewedLine[];
}

export type PreviewedLine =
  | {
      readonly status: "new" | "changed" | "unchanged";
      readonly ref: string | null;
      readonly changes: readonly PreviewedChange[];
    }
  | { readonly status: "rejected"; readonly error: UploadError };

export interface PreviewedChange {
  readonly field: "name" | "groups" | "identifier";
  readonly before: string | readonly string[] | null;
  readonly after: string | readonly string[];
}
