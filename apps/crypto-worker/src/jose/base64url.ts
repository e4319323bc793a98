/** The bytes of canonical, unpadded base64url (RFC 7515 §2); null for every other spelling of the same bytes, and for anything else. */
export const decodeSegment = (segment: string): Buffer | null => {
  const bytes = Buffer.from(segment, 'base64url');
  return bytes.toString('base64url') === segment ? bytes : null;
};

/** base64url of `bytes`, without a copy of them. */
export const encodeSegment = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');

/** Data as a caller sends it, already checked by its schema. */
export const decodeData = (data: string, encoding: 'base64url' | 'utf8'): Buffer => Buffer.from(data, encoding);
