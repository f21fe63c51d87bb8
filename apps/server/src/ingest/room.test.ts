import { expect, test } from "vitest";
import { Room } from "./room.ts";

const made = (bytes: number) => async () => ({ bytes });

test("lets work in until it is full, then in order as room is made", async () => {
  const room = new Room(10);
  const first = await room.enter(made(6));
  const second = await room.enter(made(6)); // may overshoot: its size is not known before
  const order: number[] = [];
  const third = room.enter(made(1)).then(() => order.push(3));
  const fourth = room.enter(made(1)).then(() => order.push(4));
  await Promise.resolve();
  expect(order).toEqual([]);
  first.release();
  await Promise.all([third, fourth]);
  expect(order).toEqual([3, 4]);
  second.release();
});

test("goes on after work that failed", async () => {
  const room = new Room(10);
  await expect(room.enter(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect((await room.enter(made(1))).bytes).toBe(1);
});
