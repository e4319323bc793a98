import { closingQuote } from './json-string.js';

const quote = 0x22;
const comma = 0x2c;
const openArray = 0x5b;
const closeArray = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

/** The limits of a JSON text. What it takes to parse it follows from them and its length. */
export interface JsonBound {
  /** Objects and arrays within each other. */
  readonly depth: number;
  /** Members and elements in all. */
  readonly values: number;
  /** Elements of the outermost array, or members of the outermost object. */
  readonly outer: number;
  /** Members and elements within one of them. */
  readonly inner: number;
}

/**
 * Tells whether a JSON text is within the bound. It reads the text once and keeps nothing of it: three bytes of text can make an
 * object of sixty, so a text of somebody else is counted before it is parsed. Whether the text is well formed, the parser says.
 */
export const isWithin = (text: string, { depth, values, outer, inner }: JsonBound): boolean => {
  let level = 0;
  const seen = { values: 0, outer: 1, inner: 0 };
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = closingQuote(text, at);
      if (at < 0) return false;
      continue;
    }
    if (code === closeArray || code === closeObject) level--;
    const opens = code === openArray || code === openObject;
    if (opens) level++;
    if (!opens && code !== comma) continue;
    seen.values++;
    if (level > 1) seen.inner++;
    else if (!opens) {
      seen.outer++;
      seen.inner = 0;
    }
    if (level > depth || seen.values > values || seen.outer > outer || seen.inner > inner) return false;
  }
  return true;
};

/** The limits of a value in a column: one member for each eight characters, beyond the first few. */
const columnBound = ({ length }: string): JsonBound => {
  const values = 16 + length / 8;
  return { depth: 32, values, outer: values, inner: values };
};

/**
 * Parses a value of the database.
 * @throws SyntaxError for a value that takes far more memory than its text. No service writes one
 */
export const parseColumn = (text: string): unknown => {
  if (!isWithin(text, columnBound(text))) throw new SyntaxError('The JSON value has more members than any of ours.');
  return JSON.parse(text);
};
