const quote = 0x22;
const comma = 0x2c;
const openArray = 0x5b;
const backslash = 0x5c;
const closeArray = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

/** Whether an odd number of backslashes stands before `at`. */
const isEscaped = (text: string, at: number): boolean => {
  let before = at - 1;
  while (text.charCodeAt(before) === backslash) before--;
  return (at - before) % 2 === 0;
};

/** The closing quote of the string that begins at `start`. Long strings cost one search, not a look at each character. */
const closingQuote = (text: string, start: number): number => {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
};

const nameOf = (literal: string): string =>
  literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1);

/** The open objects and arrays around a place in a JSON text. */
class Nesting {
  private readonly outer: (Set<string> | undefined)[] = [];
  /** The names of the innermost object. Undefined in an array. */
  private names: Set<string> | undefined;
  private expectsName = false;

  open(isObject: boolean): void {
    this.outer.push(this.names);
    this.names = isObject ? new Set() : undefined;
    this.expectsName = isObject;
  }

  close(): void {
    this.names = this.outer.pop();
    this.expectsName = false;
  }

  next(): void {
    this.expectsName = this.names !== undefined;
  }

  /** @returns whether the string is a name that its object already has */
  repeats(literal: () => string): boolean {
    if (!this.expectsName || this.names === undefined) return false;
    this.expectsName = false;
    const name = nameOf(literal());
    if (this.names.has(name)) return true;
    this.names.add(name);
    return false;
  }
}

/**
 * Tells whether any object of the text has two members with one name, however the names are escaped (RFC 8259 §4).
 * @param text a well-formed JSON text
 */
export const hasRepeatedMember = (text: string): boolean => {
  const nesting = new Nesting();
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const start = at;
      at = closingQuote(text, start);
      const end = at + 1;
      if (nesting.repeats(() => text.slice(start, end))) return true;
    } else if (code === comma) nesting.next();
    else if (code === openObject || code === openArray) nesting.open(code === openObject);
    else if (code === closeObject || code === closeArray) nesting.close();
  }
  return false;
};
