import { stringify } from 'yaml';
import { escaped, needsEscape, shown } from '../terminal/shown.js';
import type { Output } from '../terminal/terminal.js';
import { listOf, tableOf } from './table.js';

export const formats = ['table', 'json', 'yaml'] as const;
export type Format = (typeof formats)[number];

/** What a command shows. */
export interface Shown {
  readonly value: unknown;
  /** The columns of a table, if `value` is a list; the members that a table shows, if it is one resource. */
  readonly columns?: readonly string[];
}

const picked = (value: object, columns: readonly string[] | undefined): object =>
  columns === undefined
    ? value
    : Object.fromEntries(columns.map((name) => [name, (value as Record<string, unknown>)[name]]));

const asTable = ({ value, columns }: Shown): string => {
  if (Array.isArray(value)) {
    const all = columns ?? Object.keys((value[0] as object | undefined) ?? {});
    return value.length === 0 ? '' : tableOf(value, all);
  }
  return typeof value === 'object' && value !== null ? listOf(picked(value, columns)) : `${shown(String(value))}\n`;
};

/** In YAML, only texts in double quotes can be escaped. */
const asYaml = ({ value }: Shown): string => {
  const text = stringify(value);
  if (!needsEscape(text)) return text;
  return escaped(stringify(value, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'QUOTE_DOUBLE', lineWidth: 0 }));
};

const write: Readonly<Record<Format, (shown: Shown) => string>> = {
  table: asTable,
  json: ({ value }) => `${escaped(JSON.stringify(value, null, 2))}\n`,
  yaml: asYaml,
};

export const print = (output: Output, format: Format, shown: Shown): void => void output.write(write[format](shown));
