import { CORE_SUBJECT, type Keyring } from "../crypto/keyring.ts";
import { seal, unseal } from "../crypto/seal.ts";
import { LedgerError } from "../error.ts";

/** Which row a sealed value belongs to: it opens there and nowhere else. */
export interface RowPlace {
  readonly tenantNo: number;
  /** What the row is, as `docs/formats/keys.md` names it. */
  readonly kind: string;
  readonly id: string;
}

/** Seals what rows of the registry say about people under the core key of their tenant, as JSON. */
export class SealedRows {
  private readonly keyring: Keyring;

  constructor(keyring: Keyring) {
    this.keyring = keyring;
  }

  close(place: RowPlace, value: unknown): Uint8Array {
    return seal(this.key(place.tenantNo), Buffer.from(JSON.stringify(value)), context(place));
  }

  /** @throws LedgerError corrupt when a bit differs, or the row is not the one that was sealed */
  open(place: RowPlace, sealed: Uint8Array): unknown {
    return JSON.parse(unseal(this.key(place.tenantNo), sealed, context(place)).toString("utf8"));
  }

  private key(tenantNo: number): Uint8Array {
    const key = this.keyring.subjectKey(tenantNo, CORE_SUBJECT);
    if (key === undefined) throw new LedgerError("key_missing", `tenant ${tenantNo} has no core key`);
    return key;
  }
}

function context({ tenantNo, kind, id }: RowPlace): Uint8Array {
  return Buffer.from(`cairn/v1/${kind}\n${tenantNo}\n${id}`);
}
