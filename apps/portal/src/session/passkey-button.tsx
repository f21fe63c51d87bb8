import { useMutation } from "@tanstack/react-query";
import type { Api } from "../api/client.ts";
import { Mistake } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import { hasPasskeys, isGivenUp, signInWithPasskey } from "./passkeys.ts";

interface PasskeyButtonProps {
  readonly api: Api;
  readonly onSession: () => void;
}

/** Signs in with a passkey: the browser asks which one, so that no address is needed. */
export function PasskeyButton({ api, onSession }: PasskeyButtonProps) {
  const signIn = useMutation({ mutationFn: () => signInWithPasskey(api), onSuccess: onSession });
  if (!hasPasskeys()) return null;
  return (
    <>
      <button type="button" className="button" disabled={signIn.isPending} onClick={() => signIn.mutate()}>
        {t.signIn.passkey}
      </button>
      {signIn.error !== null && isGivenUp(signIn.error) ? (
        <p role="status">{t.signIn.passkeyGone}</p>
      ) : (
        <Mistake error={signIn.error} />
      )}
    </>
  );
}
