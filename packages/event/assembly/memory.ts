// Where everything lies. Below BODY the addresses are fixed; body and output follow, as large as a batch needs.

/** Most events of a body, and most units of all its events. */
export const MAX_EVENTS: u32 = 1_000;
export const MAX_UNITS: u32 = 64_000;
/** Slots of the table of known texts (u32 each), and room for its entries. */
export const SLOT_COUNT: u32 = 1 << 17;
export const ENTRY_BYTES: usize = 16 << 20;
/** Bytes of an event's record: sixteen u32. */
export const RECORD: usize = 64;
/** Room for the texts that hold for a whole body. */
const PARAM_BYTES: usize = 8_192;
/** Free bytes behind every region: loads and copies go up to 63 bytes past what is asked for. */
const SLACK: usize = 64;

const HEAP: usize = (__heap_base + 63) & ~63;
export const SLOTS: usize = HEAP;
export const ENTRIES: usize = SLOTS + (usize(SLOT_COUNT) << 2);
export const PARAMS: usize = ENTRIES + ENTRY_BYTES + SLACK;
export const RECORDS: usize = PARAMS + PARAM_BYTES + SLACK;
export const STARTS: usize = RECORDS + usize(MAX_EVENTS) * RECORD;
export const VALUE_STARTS: usize = STARTS + (usize(MAX_UNITS) << 2);
export const BODY: usize = VALUE_STARTS + (usize(MAX_UNITS) << 2) + SLACK;

export let OUT: usize = 0;
export let OUT_END: usize = 0;

/** Makes room for a body and its output; zeroes behind the body end every scan. */
export function layOut(bodyBytes: u32, outBytes: u32): void {
  OUT = (BODY + usize(bodyBytes) + SLACK + 63) & ~63;
  OUT_END = OUT + usize(outBytes);
  const missing = <isize>(OUT_END + SLACK) - (<isize>memory.size() << 16);
  if (missing > 0 && memory.grow(i32((missing + 0xffff) >> 16)) < 0) unreachable();
  memory.fill(BODY + usize(bodyBytes), 0, SLACK);
}

export function bodyAt(): usize { return BODY; }
export function outAt(): usize { return OUT; }
export function paramAt(): usize { return PARAMS; }
export function recordsAt(): usize { return RECORDS; }
export function startsAt(): usize { return STARTS; }
export function valueStartsAt(): usize { return VALUE_STARTS; }
