import { shown } from '../terminal/shown.js';

const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** The value at a path such as `details.reason`. */
const at = (row: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | null | undefined)?.[name], row);

const aligned = (lines: readonly (readonly string[])[]): string => {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const last = widths.length - 1;
  return lines
    .map((line) => line.map((cell, column) => (column === last ? cell : cell.padEnd(widths[column] ?? 0))).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
};

/** Rows under the names of their columns. */
export const tableOf = (rows: readonly unknown[], columns: readonly string[]): string =>
  aligned([
    columns.map((name) => shown((name.split('.').at(-1) ?? '').replaceAll(/([A-Z])/g, ' $1').toUpperCase())),
    ...rows.map((row) => columns.map((name) => shown(textOf(at(row, name))))),
  ]);

/** One resource: a line per member. */
export const listOf = (value: object): string =>
  aligned(Object.entries(value).map(([name, member]) => [shown(`${name}:`), shown(textOf(member))]));
