/**
 * The bytes of canonical, unpadded base64url (RFC 7515 §2); null for any other spelling of the same bytes and for any other
 * text.
 */
export const decodeSegment = (segment: string): Buffer | null => {
  const bytes = Buffer.from(segment, 'base64url');
  return bytes.toString('base64url') === segment ? bytes : null;
};

/** Encodes `bytes` as base64url without copying them. */
export const encodeSegment = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');

/** Decodes data from a caller that its schema has checked. */
export const decodeData = (data: string, encoding: 'base64url' | 'utf8'): Buffer => Buffer.from(data, encoding);
