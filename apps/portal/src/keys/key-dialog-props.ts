import type { ApiKey, NewKey } from "../api/access-answers.ts";

/** What the windows of this page are given. */
export interface KeyDialogProps {
  readonly of: ApiKey["of"];
  readonly onDone: () => Promise<void>;
  readonly onClose: () => void;
}

/** A key that was just made: the only time that its text is there. */
export type MadeKey = Pick<NewKey, "name" | "key">;
