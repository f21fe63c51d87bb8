import type { Api } from "../api/client.ts";

/** What the server hands out for a ceremony of WebAuthn, and wants to have back with the answer. */
interface Ceremony<T> {
  readonly options: T;
  readonly state: string;
}

/** Tells whether this browser has passkeys at all; without TLS only `localhost` has them. */
export function hasPasskeys(): boolean {
  return typeof PublicKeyCredential === "function" && "parseCreationOptionsFromJSON" in PublicKeyCredential;
}

/** Signs in with a passkey of this browser. @throws RequestFailure, or whatever the browser says when it was given up */
export async function signInWithPasskey(api: Api): Promise<void> {
  const path = "/v1/session/passkey";
  const { options, state } = await api.send<Ceremony<PublicKeyCredentialRequestOptionsJSON>>("POST", `${path}/options`);
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const response = answerOf(await navigator.credentials.get({ publicKey }));
  await api.send("POST", path, { body: { state, response } });
}

/** Adds a passkey to the own account. @throws RequestFailure, or whatever the browser says when it was given up */
export async function addPasskey(api: Api, name: string): Promise<void> {
  const path = "/v1/me/passkeys";
  const { options, state } = await api.send<Ceremony<PublicKeyCredentialCreationOptionsJSON>>(
    "POST",
    `${path}/options`,
  );
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const response = answerOf(await navigator.credentials.create({ publicKey }));
  await api.send("POST", path, { body: { state, name, response } });
}

/** Tells whether a passkey was given up by whoever was asked for it, or is not on this device. */
export function isGivenUp(error: unknown): boolean {
  return error instanceof DOMException;
}

/** What the server takes of an answer. */
function answerOf(credential: Credential | null): object {
  if (!(credential instanceof PublicKeyCredential)) throw new DOMException("no passkey", "NotAllowedError");
  const { id, rawId, type, response, clientExtensionResults, authenticatorAttachment } =
    credential.toJSON() as RegistrationResponseJSON;
  return {
    ...{ id, rawId, type, response, clientExtensionResults },
    ...(authenticatorAttachment === undefined ? {} : { authenticatorAttachment }),
  };
}
