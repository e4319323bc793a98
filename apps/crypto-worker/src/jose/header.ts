import { AnkaError } from '@ankasecure/contracts';
import { decodeSegment } from './base64url.js';
import { parseStrictJson } from './strict-json.js';

/** The longest protected header, in bytes. */
export const maxHeaderBytes = 8192;
/** The header itself, then `epk`, then two levels for ignored members. */
const maxHeaderDepth = 4;

export type HeaderErrorCode = 'jwe-invalid' | 'jws-invalid';
export type ProtectedHeader = Readonly<Record<string, unknown>>;

const noExtension = 'no extension is supported';

/**
 * Members that change what the rest of a token means, each with the reason for its refusal. Every other member that has no
 * meaning here is ignored (RFC 7515 §4, RFC 7516 §4). A key, a certificate or an address in a header is neither read nor
 * followed: the key is the one of the record.
 */
const refusedMembers = {
  'jws-invalid': { crit: noExtension, b64: 'the payload must be encoded (RFC 7797 §3)' },
  'jwe-invalid': { crit: noExtension, zip: 'content must be sealed without compression (RFC 8725 §3.6)' },
} as const satisfies Record<HeaderErrorCode, Readonly<Record<string, string>>>;

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
  for (const [name, reason] of Object.entries(refusedMembers[code]))
    if (Object.hasOwn(header, name)) refuse(`The header member ${name} is not accepted: ${reason}.`);
  if (header['kid'] !== undefined && typeof header['kid'] !== 'string')
    refuse('The header member kid must be a string.');
  return header;
};
