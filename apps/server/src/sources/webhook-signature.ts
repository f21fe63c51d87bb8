import { createHmac, timingSafeEqual } from "node:crypto";

/** How another system proves that a body is its own. */
export interface WebhookSignature {
  /** Header that holds the proof, in lower case. */
  readonly header: string;
  /** Name of the secret of the source that it is made with. */
  readonly secret: string;
  /** Tells whether a header's text is a proof at all. */
  readonly hasForm: (proof: string) => boolean;
  /** Tells whether it is one of this body, in constant time. */
  readonly isRight: (proof: string, body: Uint8Array, secret: string) => boolean;
}

const GITHUB_PROOF = /^sha256=[0-9a-f]{64}$/;

/** `X-Hub-Signature-256`: HMAC-SHA-256 of the body as it came, in hexadecimal. */
export const gitHubSignature: WebhookSignature = {
  header: "x-hub-signature-256",
  secret: "webhook_secret",
  hasForm: (proof) => GITHUB_PROOF.test(proof),
  isRight(proof, body, secret) {
    if (secret === "" || !GITHUB_PROOF.test(proof)) return false;
    const own = createHmac("sha256", secret).update(body).digest();
    return timingSafeEqual(own, Buffer.from(proof.slice("sha256=".length), "hex"));
  },
};
