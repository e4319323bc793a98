const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Matches every string literal of well-formed JSON, and the colon after literals that name a member. */
const literal = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

const countNames = (text: string): number => {
  let names = 0;
  for (const match of text.matchAll(literal)) if (match[1] !== undefined) names += 1;
  return names;
};

/** Counts the members of `value` and of everything in it; null if it is nested deeper than `depth` or holds a lone surrogate. */
const countMembers = (value: unknown, depth: number): number | null => {
  if (typeof value === 'string') return value.isWellFormed() ? 0 : null;
  if (typeof value !== 'object' || value === null) return 0;
  if (depth === 0) return null;
  let members = 0;
  for (const [name, inner] of Object.entries(value)) {
    const below = name.isWellFormed() ? countMembers(inner, depth - 1) : null;
    if (below === null) return null;
    members += below + (Array.isArray(value) ? 0 : 1);
  }
  return members;
};

const parse = (bytes: Uint8Array): { readonly text: string; readonly value: unknown } | null => {
  try {
    const text = utf8.decode(bytes);
    return { text, value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
};

export type StrictJson =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly reason: string };

/**
 * Parses a JSON object (RFC 8259). Refuses inputs that `JSON.parse` accepts: a byte order mark, ill-formed UTF-8 or UTF-16,
 * nesting deeper than `maxDepth`, and duplicate members, however their names are escaped (RFC 7515 §4). Duplicates are found
 * by counting: the text names more members than the value has.
 */
export const parseStrictJson = (bytes: Uint8Array, maxDepth: number): StrictJson => {
  const parsed = parse(bytes);
  if (parsed === null) return { ok: false, reason: 'is not JSON in UTF-8 without a byte order mark' };
  const { text, value } = parsed;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { ok: false, reason: 'is not a JSON object' };
  const members = countMembers(value, maxDepth);
  if (members === null)
    return { ok: false, reason: `is nested deeper than ${maxDepth} levels or is not well-formed Unicode` };
  if (members !== countNames(text)) return { ok: false, reason: 'has duplicate members' };
  return { ok: true, value: value as Readonly<Record<string, unknown>> };
};
