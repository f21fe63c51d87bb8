import { describe, expect, test } from "vitest";
import { readConfig } from "../../config.ts";
import { isInRange, parsePortRange } from "./port-range.ts";
import { checkSyslog } from "./settings.ts";

const config = { syslogPorts: { first: 6_514, last: 6_599 }, syslogHost: "127.0.0.1", syslogTlsCert: "cert.pem" };
const plain = { port: 6_514, transport: "tcp" } as const;

test.each([
  ["6514", { first: 6_514, last: 6_514 }],
  ["6514-6599", { first: 6_514, last: 6_599 }],
  ["0", undefined],
  ["6599-6514", undefined],
  ["1-65536", undefined],
  ["", undefined],
  ["a-b", undefined],
])("parsePortRange(%j)", (text, range) => {
  expect(parsePortRange(text)).toEqual(range);
});

test("a range ends with its last port", () => {
  expect([6_513, 6_514, 6_599, 6_600].map((port) => isInRange(config.syslogPorts, port))).toEqual([
    ...[false, true, true, false],
  ]);
});

describe("checkSyslog", () => {
  test("says who can open ports when none are, and certificates", () => {
    expect(() => checkSyslog(plain, { ...config, syslogPorts: undefined })).toThrow("--syslog-ports");
    const tls = { ...plain, transport: "tls" } as const;
    expect(() => checkSyslog(tls, { ...config, syslogTlsCert: undefined })).toThrow("--syslog-tls-cert");
    expect(() => checkSyslog(tls, config)).not.toThrow();
  });

  test("opens no more of the network than the operator has", () => {
    const at = (address: string, syslogHost: string) => () =>
      checkSyslog({ ...plain, address }, { ...config, syslogHost });
    expect(at("0.0.0.0", "127.0.0.1")).toThrow("does not take syslog");
    expect(at("10.0.0.5", "127.0.0.1")).toThrow("does not take syslog");
    expect(at("not an address", "0.0.0.0")).toThrow("no IP address");
    for (const [address, host] of [
      ["127.0.0.5", "10.0.0.5"],
      ["::1", "10.0.0.5"],
      ["10.0.0.5", "10.0.0.5"],
      ["10.0.0.5", "0.0.0.0"],
    ] as const)
      expect(at(address, host)).not.toThrow();
  });
});

test("syslog listens where the server does and with its certificate, unless it has its own", () => {
  const files = ["--tls-cert", "a.pem", "--tls-key", "a.key"];
  expect(readConfig(["--host", "10.0.0.5", ...files], {})).toMatchObject({
    ...{ syslogHost: "10.0.0.5", syslogTlsCert: "a.pem", syslogTlsKey: "a.key", syslogPorts: undefined },
  });
  const own = ["--syslog-host", "::", "--syslog-tls-cert", "b.pem", "--syslog-tls-key", "b.key"];
  expect(readConfig([...files, ...own, "--syslog-ports", "6514"], {})).toMatchObject({
    ...{ syslogHost: "::", syslogTlsCert: "b.pem", syslogTlsKey: "b.key", syslogPorts: { first: 6_514, last: 6_514 } },
  });
  expect(() => readConfig(["--syslog-ports", "x"], {})).toThrow("--syslog-ports");
});
