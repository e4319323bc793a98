import { types } from 'pg';
import { parseColumn } from '../json/json-bound.js';
import { closingQuote } from '../json/json-string.js';

type Parser = (text: string) => unknown;
/** Counts values that become objects. @throws Error above the limit of an answer */
type Count = (values: number) => void;

const { BOOL, BYTEA, INT2, INT4, INT8, OID, FLOAT4, FLOAT8, JSON: json, JSONB, TIMESTAMPTZ } = types.builtins;

/** What is parsed within bounds of its own. */
const documents: readonly number[] = [json, JSONB];

/** What stays as small as its text. */
const plain: readonly number[] = [BOOL, INT2, INT4, INT8, OID, FLOAT4, FLOAT8];
/** What becomes an object. */
const objects: readonly number[] = [BYTEA, TIMESTAMPTZ];
/** The arrays that our columns and statements have, by their numbers in every PostgreSQL: of int4, int8, text, bytea and uuid. */
const arrays: readonly number[] = [1007, 1016, 1009, 1001, 2951];

/** What pg does with the text of a type that it does not know: it leaves it as it is. */
const unparsed = types.getTypeParser(0 as never) as Parser;

/**
 * The number of elements of an array, or more.
 * @throws Error for an array in an array: two bytes of text make an object. None of ours has one
 */
const elementsOf = (text: string): number => {
  let elements = 1;
  for (let at = 1; at < text.length; at++) {
    if (text[at] === '"') at = closingQuote(text, at);
    if (at < 0) throw new Error('The database has answered with an array that does not end.');
    if (text[at] === ',') elements++;
    if (text[at] === '{') throw new Error('The database has answered with an array of arrays.');
  }
  return elements;
};

/**
 * The parsers of the types that our columns and statements have. Whoever owns the database can have any statement answered with a
 * column of any type, and pg would parse some to objects of many times their size, such as an array of JSON or of intervals.
 * A type that pg does not parse is text.
 * @throws Error (the returned function) for another type that pg parses
 */
export const typeParsers = (count: Count): typeof types.getTypeParser => {
  const counted =
    (parse: Parser, valuesIn: (text: string) => number): Parser =>
    (text) => {
      count(valuesIn(text));
      return parse(text);
    };
  const parserOf = (oid: number, format?: string): unknown => {
    if (format === 'binary') throw new Error('The database has answered in a form that no statement of ours asks for.');
    const parse = types.getTypeParser(oid) as Parser;
    if (documents.includes(oid)) return parseColumn;
    if (parse === unparsed || plain.includes(oid)) return parse;
    if (objects.includes(oid)) return counted(parse, () => 1);
    if (arrays.includes(oid)) return counted(parse, elementsOf);
    throw new Error(`The database has answered with a type that no column of ours has (${oid}).`);
  };
  return parserOf as typeof types.getTypeParser;
};
