// The messages of units, one after the other, and the list of paths that an event's core units make: its shape.

import { copy } from "./bytes";
import { MAX_UNITS, OUT, OUT_END, STARTS, VALUE_STARTS } from "./memory";
import { headLength, headOf } from "./paths";
import { add, find, SHAPE, valueOf } from "./table";

/** Kept free: more than the longest value, or the longest part, of an event that is plain. */
export const RESERVE: usize = 96 * 1024;
/** Most units of an event that is plain. */
const MAX_EVENT_UNITS: u32 = 200;
const MAX_SHAPES: u32 = 16_000;
const LIST: usize = memory.data(2 * 256, 16);
const ENTRY_OF: usize = memory.data(4 * 16_000, 16);

/** Where the next byte goes; units so far; paths of the event under way. */
export let at: usize = 0;
export let unitCount: u32 = 0;
let listed: u32 = 0;
let isFull: bool = false;
let shapes: u32 = 0;

export function shapeCount(): u32 { return shapes; }
export function shapeEntry(shape: u32): usize { return usize(load<u32>(ENTRY_OF + (usize(shape) << 2))); }
export function forgetShapes(): void { shapes = 0; }

export function startUnits(): void {
  at = OUT;
  unitCount = 0;
}

/** Goes back to where an event began. */
export function rewind(to: usize, units: u32): void {
  at = to;
  unitCount = units;
}

/** Begins an event; false when its output might not fit. */
export function startList(): bool {
  listed = 0;
  isFull = false;
  return at + 2 * RESERVE < OUT_END;
}

/** Begins a unit: everything written next is its value. */
export function begin(path: u32): void {
  const length = headLength(path);
  openUnit(headOf(path), length);
  store<u16>(LIST + (usize(listed & 255) << 1), u16(path));
  listed++;
}

/** Begins a unit whose path is of one person. */
export function openUnit(head: usize, length: usize): void {
  if (at + RESERVE > OUT_END) {
    // The event fails. What it still writes goes over its own bytes.
    isFull = true;
    at = OUT_END - RESERVE;
  }
  const index = usize(unitCount < MAX_UNITS ? unitCount : MAX_UNITS - 1) << 2;
  store<u32>(STARTS + index, u32(at - OUT));
  copy(at, head, length);
  at += length;
  store<u32>(VALUE_STARTS + index, u32(at - OUT));
  unitCount++;
}

// @ts-ignore: decorator
@inline
export function put(from: usize, length: usize): void {
  copy(at, from, length);
  at += length;
}

// @ts-ignore: decorator
@inline
export function putByte(value: u32): void { store<u8>(at++, u8(value)); }

export function putNumber(value: u32): void {
  let divisor: u32 = 1;
  while (value / divisor >= 10) divisor *= 10;
  for (; divisor > 0; divisor /= 10) putByte(0x30 + ((value / divisor) % 10));
}

/** A unit whose value is `from` to `end`. */
export function unit(path: u32, from: usize, end: usize): void {
  begin(path);
  put(from, end - from);
}

/** Whether everything written so far fits. */
export function hasRoom(): bool { return !isFull && unitCount < MAX_UNITS && listed <= MAX_EVENT_UNITS; }

/** Number of the shape that the event's core units make, without `/log`, which is first; -1 when there is no room. */
export function shapeNumber(): i32 {
  const length = usize(listed - 1) << 1;
  const known = find(SHAPE, 0, LIST + 2, length);
  if (known != 0) return i32(valueOf(known));
  if (shapes >= MAX_SHAPES) return -1;
  const entry = add(SHAPE, 0, LIST + 2, length, shapes, 0, 0);
  if (entry == 0) return -1;
  store<u32>(ENTRY_OF + (usize(shapes) << 2), u32(entry));
  return i32(shapes++);
}
