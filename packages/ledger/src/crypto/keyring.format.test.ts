import { bytesToHex, hexToBytes } from "@cairn/merkle";
import { expect, test } from "vitest";
import { ApiKeys } from "../registry/api-keys.ts";
import { logVkey } from "../seal/note-signer.ts";
import { type Database, openDatabase } from "../storage/database.ts";
import { migrate } from "../storage/schema.ts";
import { Keyring } from "./keyring.ts";
import { saltStream } from "./salts.ts";
import { deriveKey } from "./seal.ts";
import { deriveLogKey } from "./signer.ts";

/** Keys of docs/formats/keys.md. What they open was stored once and has to open for ever. */
const key = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const INSTANCE_KEY = key(0x01);
const SERVER_SECRET = key(0x01);
const SIGNING_SECRET = key(0x66);
const PERSON = "sub_00000000000000aa";
const ORIGIN = "cairn-00112233aa/0123456789abcdef0123";
const WRAPPED = {
  tenant: hexToBytes(
    "a0a0a0a0a0a0a0a0a0a0a0a00b10ace3543a073fc35b5c130d9ff16c7f99ff7356558ce06fb8cfce582723bda54d6889462b5a90b81150613209c807a29fe0ead76d8fc883ed0de7331bf5289f5cc60d76477f7471387fb9a2e4f015",
  ),
  core: hexToBytes(
    "a1a1a1a1a1a1a1a1a1a1a1a12ef9b3b3db1d5924b8d8bdf0023e77c80e81a0cc100898fe03d609611fda127496eac56e8ff3737b0e4536759c59d557",
  ),
  person: hexToBytes(
    "a2a2a2a2a2a2a2a2a2a2a2a2b867580f340f3d73777fe24b6a688c3213010c286355256afb758140c03d87d0ab50e8dd14c75a5f901cd3872f3ac8ef",
  ),
  journal: hexToBytes(
    "a3a3a3a3a3a3a3a3a3a3a3a3f7c9572f92e4634cdca7fc16f752f6bae2a7da9b11bcc7c9eea808c47ff37252441ecf816c75a45e57f2b6ca96ca93cd",
  ),
};

function storedKeyring(change: (db: Database) => void = () => undefined): Keyring {
  const db = openDatabase({ path: ":memory:", mode: "writer" });
  migrate(db, "keys");
  db.run("INSERT INTO tenant_keys VALUES (7, 1, ?, NULL)", WRAPPED.tenant);
  db.run("INSERT INTO subjects VALUES (7, 'core', ?), (7, ?, ?)", WRAPPED.core, PERSON, WRAPPED.person);
  db.run("INSERT INTO journal_keys VALUES (7, 3, ?)", WRAPPED.journal);
  db.run(
    "INSERT INTO identifiers VALUES (7, ?, ?, ?)",
    hexToBytes("dd4f3f307a38fe4b592a05abde10f92d"),
    PERSON,
    hexToBytes("e9489a92b8e3dd1a"),
  );
  change(db);
  const keys = [INSTANCE_KEY];
  return new Keyring(db, { all: () => keys, reload: () => keys, write: () => undefined });
}

test("wrapped keys of format 1 open", () => {
  const keyring = storedKeyring();
  const { wrappingKey, fingerprintKey, directoryKey } = keyring.tenantKeys(7);
  expect(bytesToHex(wrappingKey)).toBe("11".repeat(32));
  expect(bytesToHex(fingerprintKey)).toBe("91aae5cb15180c10e5bc8a6c7ba27f6061c5926c4134d27d5615be4922603a7c");
  expect(bytesToHex(directoryKey)).toBe("f957b950e4ec23db35fe00182e2a0721843440dabf6ba9e0a522252897146088");
  expect(bytesToHex(keyring.subjectKey(7, "core")!)).toBe("33".repeat(32));
  expect(bytesToHex(keyring.subjectKey(7, PERSON)!)).toBe("44".repeat(32));
  expect(bytesToHex(keyring.journalKey(7, 3))).toBe("55".repeat(32));
});

test("a second generation, with an erasure that is not final, opens beside the first", () => {
  const keyring = storedKeyring(({ run }) =>
    run(
      "INSERT INTO tenant_keys VALUES (7, 2, ?, 1772600767089)",
      hexToBytes(
        "a5a5a5a5a5a5a5a5a5a5a5a58d36ace04fab8b0630521d2a933ad1f1cc205efd5a864f8999bbc45c343d68898ee8d9547366188e51fbbd846a276c9d1bd4ca08df8e0dd9b422bb426f33955c91666b6a427a212e84ca5b5d8f42de7a",
      ),
    ),
  );
  expect(bytesToHex(keyring.tenantKeys(7).wrappingKey)).toBe("12".repeat(32));
  expect(bytesToHex(keyring.subjectKey(7, PERSON)!)).toBe("44".repeat(32)); // wrapped under the first still
});

test("a person of format 1 is found by an identifier, whose row has its digest", () => {
  const keyring = storedKeyring();
  expect(keyring.findSubject(7, { namespace: "email", value: "jane@example.com" })).toBe(PERSON);
  expect(bytesToHex(keyring.identifierMac(7, hexToBytes("dd4f3f307a38fe4b592a05abde10f92d"), PERSON))).toBe(
    "e9489a92b8e3dd1a",
  );
});

test("keys derived from the secrets of the state directory are those of format 1", () => {
  expect(bytesToHex(deriveKey(SERVER_SECRET, "api-keys"))).toBe(
    "6604b8c5c9157e5c70a8639c336485526ddfd67c3f8cd88b1f480ee7ae105dfa",
  );
  expect(bytesToHex(deriveKey(SERVER_SECRET, "row-macs"))).toBe(
    "f060518e2a90f9e0260c0db91881e8f67efc392bda984ed6f27ebb788ac4b017",
  );
  expect(logVkey(ORIGIN, deriveLogKey(SIGNING_SECRET, ORIGIN))).toBe(
    "cairn-00112233aa/0123456789abcdef0123+eee0751d+AaYuQNo1TxGwBHV/f1b45o/KvO8ae/Ty1AddpwyG6/dp",
  );
});

test("an API key of format 1 is found by its digest", () => {
  const db = openDatabase({ path: ":memory:", mode: "writer" });
  migrate(db, "cairn");
  db.run("INSERT INTO projects (no, id, name, created_at) VALUES (1, 'p', 'p', 0)");
  db.run(
    "INSERT INTO api_keys (id, project_no, digest, name, scopes, created_at) VALUES ('k', 1, ?, 'n', 'events:read', 0)",
    hexToBytes("97e1b29d7c8b722e2e16633149fe20845fd9f54af383ecb371c432fabdcd3421"),
  );
  const keys = new ApiKeys(db, deriveKey(SERVER_SECRET, "api-keys"));
  expect(keys.findByText(`cairn_${"0".repeat(43)}`, 1)).toMatchObject({ id: "k", scopes: ["events:read"] });
});

test("a salt stream gives the salts it gave in format 1, from wherever it is read", () => {
  const both = "0194503e39438836deddfc88985dc52980d7728f6ebf1a979e0c3b9ea188f62d";
  expect(bytesToHex(saltStream(key(0x77), 0, 2))).toBe(both);
  expect(bytesToHex(saltStream(key(0x77), 1, 1))).toBe(both.slice(32));
});
