import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { keyedHex } from "./keyed-hex.ts";

test("is HMAC-SHA256 by the vectors of RFC 4231", () => {
  expect(keyedHex(Buffer.alloc(20, 0x0b), "Hi There")).toBe(
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
  );
  expect(keyedHex(Buffer.from("Jefe"), "what do ya want for nothing?")).toBe(
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
  expect(keyedHex(Buffer.alloc(131, 0xaa), "Test Using Larger Than Block-Size Key - Hash Key First")).toBe(
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  );
});

test("is what Node makes of any key and text, one after the other", () => {
  const key = fc.uint8Array({ minLength: 0, maxLength: 80 });
  const texts = fc.array(fc.string({ unit: "binary", maxLength: 400 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(key, texts, (secret, all) => {
      for (const text of all)
        expect(keyedHex(secret, text)).toBe(createHmac("sha256", secret).update(text).digest("hex"));
    }),
  );
});
