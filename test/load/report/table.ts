/** A column: its heading and the text of a row's cell. Numbers are aligned right, words left. */
export interface Column<Row> {
  readonly heading: string;
  readonly of: (row: Row) => string | number;
}

/** Formats with three significant digits. */
export const short = (value: number): string => {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
};

export const table = <Row>(title: string, columns: readonly Column<Row>[], rows: readonly Row[]): string => {
  const cells = rows.map((row) => columns.map(({ of }) => of(row)));
  const texts = cells.map((line) => line.map((cell) => (typeof cell === 'number' ? short(cell) : cell)));
  const widths = columns.map(({ heading }, index) =>
    Math.max(heading.length, ...texts.map((line) => line[index]?.length ?? 0)),
  );
  const padded = (text: string, index: number, right: boolean): string =>
    right ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0);
  const isNumber = (index: number): boolean => typeof cells[0]?.[index] === 'number';
  const lines = texts.map((line) => line.map((text, index) => padded(text, index, isNumber(index))).join('  '));
  const headings = columns.map(({ heading }, index) => padded(heading, index, isNumber(index))).join('  ');
  return [`\n${title}`, headings, ...lines].map((line) => line.trimEnd()).join('\n');
};
