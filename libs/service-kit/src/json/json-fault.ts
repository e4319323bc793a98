import { closingQuote } from './json-string.js';

const quote = 0x22;
const comma = 0x2c;
const openArray = 0x5b;
const closeArray = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

const nameOf = (literal: string): string =>
  literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1);

/** An open object or array. Most objects have few members, so a set is made for the second. */
interface Level {
  readonly isObject: boolean;
  first: string | undefined;
  more: Set<string> | undefined;
}

/** The open objects and arrays around a place in a JSON text. */
class Nesting {
  private readonly levels: Level[] = [];
  private expectsName = false;

  get depth(): number {
    return this.levels.length;
  }

  open(isObject: boolean): void {
    this.levels.push({ isObject, first: undefined, more: undefined });
    this.expectsName = isObject;
  }

  close(): void {
    this.levels.pop();
    this.expectsName = false;
  }

  next(): void {
    this.expectsName = this.levels.at(-1)?.isObject === true;
  }

  /** @returns whether the string is a name that its object already has */
  repeats(literal: () => string): boolean {
    const level = this.levels.at(-1);
    if (!this.expectsName || level === undefined) return false;
    this.expectsName = false;
    const name = nameOf(literal());
    if (level.first === name || level.more?.has(name) === true) return true;
    if (level.first === undefined) level.first = name;
    else level.more = (level.more ?? new Set()).add(name);
    return false;
  }
}

/** The deepest nesting of objects and arrays in a request. None of the API has more than ten levels. */
const deepestRequest = 64;

/**
 * Finds what `JSON.parse` accepts and a request must not have: an object with two members of one name, however the names are
 * escaped (RFC 8259 §4), or deep nesting.
 * @param text a well-formed JSON text
 * @param deepest the number of levels that it may have
 */
export const jsonFaultOf = (text: string, deepest = deepestRequest): 'repeated-member' | 'too-deep' | undefined => {
  const nesting = new Nesting();
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const start = at;
      at = closingQuote(text, start);
      const end = at + 1;
      if (nesting.repeats(() => text.slice(start, end))) return 'repeated-member';
    } else if (code === comma) nesting.next();
    else if (code === closeObject || code === closeArray) nesting.close();
    else if (code === openObject || code === openArray) {
      if (nesting.depth === deepest) return 'too-deep';
      nesting.open(code === openObject);
    }
  }
  return undefined;
};
