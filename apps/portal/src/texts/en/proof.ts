import { plural } from "../format.ts";

/** Proofs, and the page about the log itself. */
export const PROOF = {
  proof: {
    label: "Proof",
    checking: "Checking the proof …",
    pending: "Not sealed yet",
    pendingText:
      "The event is recorded. It is sealed into the log within ten seconds of being received; this page waits for that.",
    otherLedger: "Sealed in an earlier ledger",
    otherLedgerText: (own: number, now: number) =>
      `This event is in ledger ${own}; the log goes on in ledger ${now}. This page checks the present one only: \`cairn verify\` checks an evidence bundle of either.`,
    unchecked: "The proof could not be checked",
    uncheckedText: (why: string) => `${why} What is shown is not wrong for that, only unchecked.`,
    walled: "You see a part of this log only. A proof counts the whole of it, and is left to those who see all.",
    notLoaded: "The part of this page that checks proofs could not be loaded. Load the page again.",
    away: "The server cannot be reached.",
    again: "Check again",
    failed: (message: string) => `Does not verify: ${message}`,
    failedText:
      "Do not rely on this event as it is shown. Something between the log and this page changed it, or the log itself was changed. Compare with `cairn verify` on another machine, and tell whoever answers for this log.",
    verified: (entry: string, size: string) => `Sealed as entry ${entry} in a log of ${size}, checked in your browser`,
    plain: "If anybody, the operator of the server included, changes this event from now on, this browser notices.",
    withheld: (count: number) =>
      `${plural(count, { one: "One part of this event is", other: "# parts of this event are" })} withheld or erased. What is shown is proved; that something stood there is proved; what it said is not.`,
    what: "What this proves, and what not",
    proved: "Proved",
    notProved: "Not proved",
    values: (received: string) => `Every value shown here is what was recorded, received at ${received}.`,
    entry: (entry: string, origin: string, size: string, key: string) =>
      `It is entry ${entry} of the log \`${origin}\`, which signed ${size} entries with its key \`${key}\`.`,
    truth: "That what the product reported is true, and that it reported everything.",
    key: (key: string) =>
      `That the key is the right one: it came from this server. Compare \`${key}\` with what you were given another way.`,
    others: "That others are shown the same log. `cairn watch`, on a machine of theirs, finds out.",
    download: "Download the proof",
    forgetful: "This browser keeps nothing between visits, so that it cannot tell whether the log was rewritten since.",
    first: "This browser sees the log for the first time. From now on it notices when the log is rewritten.",
    kept: (size: string, seen: string, since: string) =>
      `The ${size} entries that this browser saw at ${seen} are all still there, unchanged. It has watched this log since ${since}.`,
    uncompared: "Not compared with what this browser saw of the log before: the server did not answer that part.",
    before: "What this browser saw before",
    beforeText: (seen: string, size: string) => `At ${seen} the log had ${size} entries and signed this:`,
    now: "Now it signs this:",
    harmless:
      "There is a harmless reason when the server was set up anew with an empty log. Only then let this browser forget the old one.",
    forget: "Forget the old log",
  },

  integrity: {
    walled: "You see a part of this log only. What this page shows would count the whole of it.",
    lead: "Each event is sealed into a signed log that can only grow. This page checks it in your browser.",
    good: (size: string) => `The log's signature over ${size} entries holds`,
    bad: (message: string) => `The log does not verify: ${message}`,
    broken:
      "The log contradicts what this browser saw of it before. Keep this page, and compare with `cairn watch` on another machine.",
    log: "The log",
    recorded: "Events recorded",
    sealed: "Events sealed",
    ledger: "Ledger",
    origin: "Name of the log",
    key: "Key to compare",
    root: "Root of the tree",
    checkpoint: "The signed checkpoint",
    copyCheckpoint: "Copy the checkpoint",
    promised: "What is promised",
    promises: [
      "An event that was acknowledged stays in the log, in its order. **Changing one value of it would be noticed.**",
      "The log only grows: what this browser has seen of it once is compared at each visit.",
      "An event that retention deletes, or a person who is forgotten, leaves an entry that says so; the proofs made before still hold.",
    ],
    notPromised: "What is not promised",
    limits: [
      "That what a product reports is true, or that it reports everything. What is not recorded may have happened all the same.",
      "That nobody rewrites what has not been seen elsewhere yet: whoever holds the signing key could, until a checkpoint has left this machine. `cairn watch` on another machine closes that gap.",
      "Search and the counts on these pages come from an index beside the log. `cairn fsck --index` compares the two; the proof of an event does not depend on it.",
    ],
    paste: "Check an event that you have",
    pasteLabel: "The event as JSON: from an NDJSON export, from the API, or from “Copy JSON”",
    check: "Check it",
    mistakes: {
      empty: "Paste an event first.",
      json: "This is not JSON.",
      shape: "This is not an event as the log gives it: it needs at least its ledger, its sequence and its event root.",
      tenant: "This event says that it is of another tenant's log.",
    },
  },
};
