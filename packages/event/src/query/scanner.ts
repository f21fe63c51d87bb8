import { QueryError } from "./errors.ts";
import { ANY_ONE, ANY_RUN, type Glob, type Piece, simplify } from "./pattern.ts";

/** A piece of a query as written: where it stands, and what it says. */
export interface Written {
  readonly offset: number;
  readonly length: number;
  /** Literals and wildcards; quotes and escapes are gone. */
  readonly pieces: Glob;
  readonly isQuoted: boolean;
}

const SPACE = /\s/;
const FIELD = /([A-Za-z_][A-Za-z0-9_-]*(?:\.(?:"(?:[^"\\]|\\.)*"|[^\s:()"\\.]+))*):/y;
const FIELD_SEGMENT = /"((?:[^"\\]|\\.)*)"|[^.]+/g;

/** Reads a query from left to right. Knows characters, not grammar. */
export class Scanner {
  readonly text: string;
  position = 0;

  constructor(text: string) {
    this.text = text;
  }

  skipSpace(): void {
    while (this.position < this.text.length && SPACE.test(this.text.charAt(this.position))) this.position++;
  }

  /** The character at the position, or the empty string at the end. */
  peek(): string {
    return this.text.charAt(this.position);
  }

  isAt(text: string): boolean {
    return this.text.startsWith(text, this.position);
  }

  /** Takes a character or operator sign when it stands here. */
  take(text: string): boolean {
    if (!this.isAt(text)) return false;
    this.position += text.length;
    return true;
  }

  /** Tells whether the word AND, OR, NOT or TO stands here, in capitals and by itself. */
  isAtWord(word: string): boolean {
    return this.isAt(word) && /^(?:$|[\s()"[\]])/.test(this.text.slice(this.position + word.length).slice(0, 1));
  }

  takeWord(word: string): boolean {
    return this.isAtWord(word) && this.take(word);
  }

  /** Reads `name.path:` and gives its segments and how it was written, or undefined when no field stands here. */
  field(): { segments: string[]; written: string; offset: number } | undefined {
    FIELD.lastIndex = this.position;
    const match = FIELD.exec(this.text);
    if (match?.[1] === undefined) return undefined;
    const offset = this.position;
    this.position = FIELD.lastIndex;
    const segments = Array.from(match[1].matchAll(FIELD_SEGMENT), ([segment, quoted]) =>
      quoted === undefined ? segment : quoted.replace(/\\(.)/gs, "$1"),
    );
    return { segments, written: match[1], offset };
  }

  /** Reads a quoted text; the opening quote stands here. Wildcards mean themselves. */
  quoted(): Written {
    const offset = this.position;
    let value = "";
    for (this.position++; this.position < this.text.length; this.position++) {
      const character = this.peek();
      if (character === '"') {
        this.position++;
        return { offset, length: this.position - offset, pieces: simplify([value]), isQuoted: true };
      }
      if (character === "\\") this.position++;
      value += this.peek();
    }
    throw new QueryError(
      "quote_unterminated",
      'this quotation does not end: add a closing " or write \\" for a quotation mark',
      {
        offset,
        length: this.text.length - offset,
      },
    );
  }

  /** Reads an unquoted text up to a space, quote or parenthesis, or one of the characters in `stops`. */
  bare(stops: string): Written {
    const offset = this.position;
    const pieces: Piece[] = [];
    for (; this.position < this.text.length; this.position++) {
      const character = this.peek();
      if (SPACE.test(character) || '()"'.includes(character) || stops.includes(character)) break;
      if (character === "*") pieces.push(ANY_RUN);
      else if (character === "?") pieces.push(ANY_ONE);
      else if (character === "\\" && this.position + 1 < this.text.length) {
        this.position++;
        pieces.push(this.peek());
      } else pieces.push(character);
    }
    return { offset, length: this.position - offset, pieces: simplify(pieces), isQuoted: false };
  }
}
