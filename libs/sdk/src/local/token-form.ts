import { base64url } from 'jose';

/** A compact JWS whose header and segments have the one form that every encoder makes. */
export interface PlainJws {
  readonly header: { readonly alg: string; readonly kid: string };
  readonly payload: string;
}

/** The longest token and header that are looked at here. The platform decides about longer ones. */
const longest = 1_000_000;
const longestHeader = 8192;
/** Members that change what the rest of a token means. */
const special = ['crit', 'b64', 'zip'];

/** Whether a segment is canonical base64url without padding (RFC 7515 §2). */
export const isCanonical = (segment: string): boolean => {
  try {
    return base64url.encode(base64url.decode(segment)) === segment;
  } catch {
    return false;
  }
};

/** The header, if its JSON is as `JSON.stringify` writes it: without space, duplicates and escapes that mean the same. */
const plainHeader = (segment: string): Record<string, unknown> | undefined => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(base64url.decode(segment));
    const value = JSON.parse(text) as unknown;
    const isPlain = typeof value === 'object' && value !== null && JSON.stringify(value) === text;
    return isPlain ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Reads a JWS that can be judged here. Everything in another form is the platform's to judge, so that both always say the same.
 * @returns undefined for another form
 */
export const readPlainJws = (compact: string): PlainJws | undefined => {
  if (compact.length > longest) return undefined;
  const [head = '', payload = '', signature = '', ...more] = compact.split('.', 4);
  if (more.length > 0 || head.length > longestHeader || ![head, payload, signature].every(isCanonical))
    return undefined;
  const header = plainHeader(head);
  if (header === undefined || special.some((name) => Object.hasOwn(header, name))) return undefined;
  const { alg, kid } = header;
  return typeof alg === 'string' && typeof kid === 'string' ? { header: { alg, kid }, payload } : undefined;
};
