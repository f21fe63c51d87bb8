import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseXml } from "./parse-xml.ts";
import { SourceError } from "./source-error.ts";

describe("parseXml", () => {
  test("reads elements, attributes, text, CDATA and the entities of XML", () => {
    const root = parseXml(
      '\ufeff<?xml version="1.0"?><!-- c --><a:b x="1&amp;2" y=\'&#65;&#x42;\'>t&lt;<c/><![CDATA[<&>]]><!-- > --> end</a:b>\n',
    );
    expect(root.name).toBe("a:b");
    expect([...root.attributes]).toEqual([
      ["x", "1&2"],
      ["y", "AB"],
    ]);
    expect(root.children.map(({ name }) => name)).toEqual(["c"]);
    expect(root.text).toBe("t<<&> end");
  });

  test.each([
    ["<!DOCTYPE a><a/>", "document types"],
    ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "document types"],
    ["<a>&x;</a>", "an entity is not known"],
    ["<a>&#0;</a>", "an entity is not known"],
    ["<a>&#xD800;</a>", "an entity is not known"],
    ["<a>a & b</a>", "an entity is not known"],
    ["<a", "not well formed"],
    ["<a>", "not closed"],
    ["<a></b>", "closes nothing"],
    ["</a>", "closes nothing"],
    ["<a/><b/>", "second element"],
    ["<a/>text", "outside"],
    ["", "no element"],
    ['<a b="1" b="2"/>', "twice"],
    ['<a b="1"c="2"/>', "a space is missing"],
    ["<a b/>", "has no value"],
    ["<a b=1/>", "has no quotes"],
    ['<a b="<"/>', "holds <"],
    ["<a><!-- </a>", "--> is missing"],
    [`${"<a>".repeat(100)}${"</a>".repeat(100)}`, "nested deeper"],
    [`<a ${Array.from({ length: 200 }, (_, i) => `b${i}="1"`).join(" ")}/>`, "attributes"],
  ])("%.60s is refused", (text, message) => {
    expect(() => parseXml(text)).toThrow(SourceError);
    expect(() => parseXml(text)).toThrow(message);
  });

  test("says where", () => {
    try {
      parseXml("<a>\n  <b></c>\n</a>");
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "xml_invalid", place: { line: 2, column: 9 } });
    }
  });

  test("undoes what a writer escapes", () => {
    const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, value) => {
        const root = parseXml(`<a b="${escaped(value)}">${escaped(text)}</a>`);
        expect([root.text, root.attributes.get("b")]).toEqual([text, value]);
      }),
    );
  });

  test("any text gives an element or the typed error", () => {
    const piece = fc.constantFrom(
      "<a>",
      "</a>",
      "<b c='",
      "'/>",
      "&amp;",
      "&",
      "<![CDATA[",
      "]]>",
      "<!--",
      "-->",
      "<?",
      "?>",
      "x",
      " ",
      '"',
    );
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join("")),
        (text) => {
          try {
            parseXml(text);
          } catch (error) {
            if (!(error instanceof SourceError)) throw error;
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
