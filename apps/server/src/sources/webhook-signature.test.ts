import { expect, test } from "vitest";
import { gitHubSignature } from "./webhook-signature.ts";

// The example of GitHub's documentation.
const secret = "It's a Secret to Everybody";
const body = Buffer.from("Hello, World!");
const proof = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

test("the signature of GitHub's own example is right", () => {
  expect(gitHubSignature.hasForm(proof)).toBe(true);
  expect(gitHubSignature.isRight(proof, body, secret)).toBe(true);
});

test.each([
  ["another body", proof, Buffer.from("Hello, World?"), secret],
  ["another secret", proof, body, "it's a secret to everybody"],
  ["no secret", proof, body, ""],
  ["another signature", proof.replace("7", "8"), body, secret],
  ["a short one", proof.slice(0, -2), body, secret],
  ["an older kind", "sha1=7d38cdd689735b008b3c702edd92eea23791c5f6", body, secret],
  ["nothing", "", body, secret],
])("%s is not", (_name, text, sent, key) => {
  expect(gitHubSignature.isRight(text, sent, key)).toBe(false);
});
