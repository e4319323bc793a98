/** A table's name, plain or between quotation marks. */
const table = String.raw`\s+(?:ONLY\s+)?"?([a-z_][\w.]*)\b"?`;

/** An operation, or a table with the word before it. Neither a function's result nor `IS DISTINCT FROM` names a table. */
const words = new RegExp(
  String.raw`\b(SELECT|INSERT|DELETE)\b|\b(UPDATE|INTO)${table}|(?<!\bDISTINCT\s+|\bEXTRACT\s*\(\s*\w+\s+)\b(FROM|JOIN)${table}(?!\s*\()`,
  'gi',
);

/** The words that follow UPDATE in `FOR UPDATE` and `DO UPDATE SET`, and FROM before a subquery. */
const noTable = new Set(['lateral', 'nowait', 'of', 'select', 'set', 'skip']);

/** The longest summary that the convention allows. */
const longest = 255;

/**
 * Summarises a statement as the OpenTelemetry database conventions ask for `db.query.summary`: its operations and their tables
 * in the order of the text, such as `INSERT outbox`. It holds no values and has few distinct texts, so that it names the span.
 */
export const querySummary = (text: string): string => {
  const parts: string[] = [];
  for (const [, operation, change, changed, , read] of text.matchAll(words)) {
    const name = changed ?? read;
    const namesTable = name !== undefined && !noTable.has(name.toLowerCase());
    if (operation !== undefined) parts.push(operation.toUpperCase());
    else if (namesTable) parts.push(...(change?.toUpperCase() === 'UPDATE' ? ['UPDATE', name] : [name]));
  }
  return parts.length === 0 ? firstWord(text) : clipped(parts.join(' '));
};

const firstWord = (text: string): string => (/^\s*([a-z]+)/i.exec(text)?.[1] ?? 'query').toUpperCase();

/** Leaves out whole words at the end. */
const clipped = (summary: string): string =>
  summary.length <= longest ? summary : summary.slice(0, summary.lastIndexOf(' ', longest));
