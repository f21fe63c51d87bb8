import { SourceError } from "./source-error.ts";

/** An element of an XML document. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Text directly inside of it, entities resolved, in one piece. */
  readonly text: string;
  /** Where it begins and ends in the document. */
  readonly start: number;
  readonly end: number;
}

/** Bounds on what a document can cost. */
const XML_LIMITS = {
  /** Characters: an audit message has a few thousand, a bundle of them a few million. */
  chars: 10 << 20,
  depth: 64,
  elements: 200_000,
  attributes: 100,
} as const;

const NAME = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_.:\u0080-\uffff-]*/y;
const SPACE = /[ \t\r\n]*/y;
const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/**
 * Parses an XML document into its elements. Comments and processing instructions are passed over. There are no document types,
 * and so no entities but the five that XML has: nothing outside of the text is ever read, and nothing grows.
 * @throws SourceError xml_invalid or too_large, with line and column
 */
export function parseXml(text: string): XmlElement {
  if (text.length > XML_LIMITS.chars) throw new SourceError("too_large", `more than ${XML_LIMITS.chars} characters`);
  return new XmlParser(text).document();
}

/** An element whose end has not come yet. */
interface OpenElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  readonly start: number;
  text: string;
}

/** Mutable cursor over one text; lives for one call. */
class XmlParser {
  private at = 0;
  private elements = 0;
  private readonly open: OpenElement[] = [];
  private root: XmlElement | undefined;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  document(): XmlElement {
    if (this.text.startsWith("\ufeff")) this.at = 1;
    while (this.at < this.text.length) this.piece();
    const unclosed = this.open.at(-1);
    if (unclosed !== undefined) throw this.invalid(`<${unclosed.name}> is not closed`);
    if (this.root === undefined) throw this.invalid("there is no element");
    return this.root;
  }

  private piece(): void {
    const { text } = this;
    if (text[this.at] !== "<") this.characters();
    else if (text.startsWith("<!--", this.at)) this.passOver("-->");
    else if (text.startsWith("<![CDATA[", this.at)) this.cdata();
    else if (text.startsWith("<?", this.at)) this.passOver("?>");
    else if (text.startsWith("<!", this.at)) throw this.invalid("document types are not read");
    else if (text[this.at + 1] === "/") this.endTag();
    else this.startTag();
  }

  private characters(): void {
    const end = this.text.indexOf("<", this.at);
    const raw = this.text.slice(this.at, end === -1 ? this.text.length : end);
    const inside = this.open.at(-1);
    if (inside !== undefined) inside.text += this.resolved(raw);
    else if (raw.trim() !== "") throw this.invalid("there is text outside of the element");
    this.at += raw.length;
  }

  private cdata(): void {
    const inside = this.open.at(-1);
    if (inside === undefined) throw this.invalid("there is text outside of the element");
    const start = this.at + "<![CDATA[".length;
    this.passOver("]]>");
    inside.text += this.text.slice(start, this.at - "]]>".length);
  }

  private passOver(mark: string): void {
    const end = this.text.indexOf(mark, this.at + 2);
    if (end === -1) throw this.invalid(`${mark} is missing`);
    this.at = end + mark.length;
  }

  private startTag(): void {
    const start = this.at++;
    if (this.root !== undefined && this.open.length === 0) throw this.invalid("there is a second element");
    if (this.open.length >= XML_LIMITS.depth) throw this.invalid(`nested deeper than ${XML_LIMITS.depth} levels`);
    if (++this.elements > XML_LIMITS.elements) throw this.invalid(`more than ${XML_LIMITS.elements} elements`);
    const name = this.name();
    const attributes = this.attributeList();
    const element: OpenElement = { name, attributes, children: [], text: "", start };
    if (this.text.startsWith("/>", this.at)) {
      this.at += 2;
      this.close(element);
    } else if (this.text[this.at] === ">") {
      this.at++;
      this.open.push(element);
    } else throw this.invalid(`<${name}> is not well formed`);
  }

  private attributeList(): ReadonlyMap<string, string> {
    const attributes = new Map<string, string>();
    for (;;) {
      const before = this.at;
      this.space();
      const char = this.text[this.at];
      if (char === undefined || char === ">" || char === "/") return attributes;
      if (before === this.at) throw this.invalid("a space is missing before an attribute");
      const name = this.name();
      this.space();
      if (this.text[this.at] !== "=") throw this.invalid(`the attribute ${name} has no value`);
      this.at++;
      this.space();
      if (attributes.has(name)) throw this.invalid(`the attribute ${name} stands twice`);
      if (attributes.size >= XML_LIMITS.attributes) throw this.invalid(`more than ${XML_LIMITS.attributes} attributes`);
      attributes.set(name, this.attributeValue(name));
    }
  }

  private attributeValue(name: string): string {
    const quote = this.text[this.at];
    if (quote !== '"' && quote !== "'") throw this.invalid(`the value of ${name} has no quotes`);
    const end = this.text.indexOf(quote, this.at + 1);
    if (end === -1) throw this.invalid(`the value of ${name} is not closed`);
    const raw = this.text.slice(this.at + 1, end);
    if (raw.includes("<")) throw this.invalid(`the value of ${name} holds <`);
    const value = this.resolved(raw);
    this.at = end + 1;
    return value;
  }

  private endTag(): void {
    this.at += 2;
    const name = this.name();
    this.space();
    const element = this.open.pop();
    if (element === undefined || element.name !== name || this.text[this.at] !== ">") {
      throw this.invalid(`</${name}> closes nothing`);
    }
    this.at++;
    this.close(element);
  }

  private close(element: OpenElement): void {
    const closed: XmlElement = { ...element, end: this.at };
    const parent = this.open.at(-1);
    if (parent === undefined) this.root = closed;
    else parent.children.push(closed);
  }

  private resolved(raw: string): string {
    if (!raw.includes("&")) return raw;
    return raw.replace(
      /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|([A-Za-z]+));|&/g,
      (_, decimal?: string, hex?: string, name?: string) => {
        if (name !== undefined && Object.hasOwn(ENTITIES, name)) return ENTITIES[name] ?? "";
        const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
        const isText =
          code === 9 ||
          code === 10 ||
          code === 13 ||
          (code >= 32 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000));
        if (!isText) throw this.invalid("an entity is not known");
        return String.fromCodePoint(code);
      },
    );
  }

  private name(): string {
    NAME.lastIndex = this.at;
    const name = NAME.exec(this.text)?.[0];
    if (name === undefined) throw this.invalid("a name is missing");
    this.at += name.length;
    return name;
  }

  private space(): void {
    SPACE.lastIndex = this.at;
    SPACE.test(this.text);
    this.at = SPACE.lastIndex;
  }

  private invalid(message: string): SourceError {
    const before = this.text.slice(0, this.at);
    const line = before.split("\n").length;
    return new SourceError("xml_invalid", message, { line, column: this.at - before.lastIndexOf("\n") });
  }
}
