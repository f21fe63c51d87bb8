import { CairnError } from "@cairn/event";
import type { Transporter } from "nodemailer";

/** A mail server that does not answer is given up after so long. */
const TIMEOUT_MS = 10_000;

/** Sends mail, where a server for it is set up. */
export interface Mail {
  readonly isSetUp: boolean;
  /** @throws CairnError mail_unavailable */
  sendInvitation(invitation: InvitationMail): Promise<void>;
}

interface InvitationMail {
  readonly to: string;
  readonly url: string;
  readonly tenantName: string;
  readonly expiresAtMs: number;
}

/** Opens the way to a mail server; without a URL every mail is refused. */
export function openMail({ smtpUrl, from }: { readonly smtpUrl: string | undefined; readonly from: string }): Mail {
  let opened: Transporter | undefined;
  const transport = async (url: string): Promise<Transporter> => {
    const { createTransport } = await import("nodemailer");
    const timeouts = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS };
    opened ??= createTransport({ url, ...timeouts });
    return opened;
  };
  return {
    isSetUp: smtpUrl !== undefined,
    async sendInvitation({ to, url, tenantName, expiresAtMs }) {
      if (smtpUrl === undefined) throw new CairnError("mail_unavailable", "no mail server is set up (--smtp-url)");
      const until = new Date(expiresAtMs).toUTCString();
      const way = await transport(smtpUrl);
      try {
        await way.sendMail({
          from,
          // As an object: an address is never read as a list of addresses.
          to: { name: "", address: to },
          subject: `Your access to the audit log of ${tenantName.replace(/[\r\n]/g, " ")}`,
          text: `Open this link to choose how you sign in. It works once, until ${until}.\n\n${url}\n`,
        });
      } catch (cause) {
        throw new CairnError("mail_unavailable", "the mail server did not take the invitation", {
          retryAfterSeconds: 30,
          cause,
        });
      }
    },
  };
}
