import { jsonFaultOf } from '@ankasecure/service-kit';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Whether every text in `value` is well-formed UTF-16: the escape of a lone surrogate is not. */
const isWellFormed = (value: unknown): boolean => {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, inner]) => name.isWellFormed() && isWellFormed(inner));
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
 * nesting deeper than `maxDepth`, and duplicate members, however their names are escaped (RFC 7515 §4).
 */
export const parseStrictJson = (bytes: Uint8Array, maxDepth: number): StrictJson => {
  const parsed = parse(bytes);
  if (parsed === null) return { ok: false, reason: 'is not JSON in UTF-8 without a byte order mark' };
  const { text, value } = parsed;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { ok: false, reason: 'is not a JSON object' };
  const fault = jsonFaultOf(text, maxDepth);
  if (fault === 'repeated-member') return { ok: false, reason: 'has duplicate members' };
  if (fault === 'too-deep' || !isWellFormed(value))
    return { ok: false, reason: `is nested deeper than ${maxDepth} levels or is not well-formed Unicode` };
  return { ok: true, value: value as Readonly<Record<string, unknown>> };
};
