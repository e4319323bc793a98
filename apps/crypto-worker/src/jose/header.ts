import { AnkaError } from '@ankasecure/contracts';
import { decodeSegment } from './base64url.js';
import { parseStrictJson } from './strict-json.js';

/** The longest protected header, in bytes. */
export const maxHeaderBytes = 8192;
/** The header itself, then `epk`, then two levels for ignored members. */
const maxHeaderDepth = 4;

/**
 * Members that change the meaning of a token, or bring a key or work of their own. Each is refused in any header. `crit`
 * (RFC 7515 §4.1.11) is refused because no extension is supported.
 */
const refusedMembers: ReadonlySet<string> = new Set([
  'crit',
  'b64',
  'zip',
  'p2c',
  'p2s',
  'jwk',
  'jku',
  'x5u',
  'x5c',
  'x5t',
  'x5t#S256',
]);

export type HeaderErrorCode = 'jwe-invalid' | 'jws-invalid';
export type ProtectedHeader = Readonly<Record<string, unknown>>;

/**
 * The gate for every compact token, before any other code reads it. It requires an allowed size, canonical base64url,
 * well-formed UTF-8, a JSON object without duplicate members or `refusedMembers`, and a `kid` that is a string.
 * @throws AnkaError `code`
 */
export const readProtectedHeader = (segment: string, code: HeaderErrorCode): ProtectedHeader => {
  const refuse = (detail: string, cause?: unknown): never => {
    throw new AnkaError(code, detail, { cause });
  };
  if (segment.length > Math.ceil((maxHeaderBytes * 4) / 3))
    refuse(`The protected header is longer than ${maxHeaderBytes} bytes.`);
  const bytes = decodeSegment(segment) ?? refuse('The protected header is not canonical base64url without padding.');
  const parsed = parseStrictJson(bytes, maxHeaderDepth);
  if (!parsed.ok) return refuse(`The protected header ${parsed.reason}.`);
  const header = parsed.value;
  for (const name of Object.keys(header)) {
    if (refusedMembers.has(name) || name.startsWith('x5'))
      refuse(`The header member ${name.slice(0, 8)} is not accepted.`);
  }
  if (header['kid'] !== undefined && typeof header['kid'] !== 'string')
    refuse('The header member kid must be a string.');
  return header;
};
