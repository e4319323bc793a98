import { type JwsAlg, signatureSchemes } from '@ankasecure/algorithm';

const tags = { sequence: 0x30, integer: 0x02 } as const;

/** The bytes of r‖s (RFC 7518 §3.4). */
const rawBytes: Partial<Readonly<Record<JwsAlg, number>>> = { ES256: 64, ES384: 96, ES512: 132 };

/** @returns the bytes after an element that fills `bytes` from its tag on, or null if it is another or is longer */
const afterElement = (bytes: Uint8Array, tag: number): { body: Uint8Array; rest: Uint8Array } | null => {
  const [found, first = 0x80, second = 0] = bytes;
  const [start, length] = first === 0x81 ? [3, second] : [2, first];
  if (found !== tag || (first >= 0x80 && first !== 0x81) || bytes.length < start + length) return null;
  return { body: bytes.subarray(start, start + length), rest: bytes.subarray(start + length) };
};

/** Whether the bytes are an ECDSA-Sig-Value (RFC 3279 §2.2.3): a sequence of two integers, and nothing else. */
const isEcdsaSigValue = (bytes: Uint8Array): boolean => {
  const outer = afterElement(bytes, tags.sequence);
  if (outer === null || outer.rest.length > 0) return false;
  const r = afterElement(outer.body, tags.integer);
  const s = r && afterElement(r.rest, tags.integer);
  return r !== null && s !== null && r.body.length > 0 && s.body.length > 0 && s.rest.length === 0;
};

/** For a signature that is not valid: tells that it is in the form of most other programs. Only r‖s is accepted. */
export const derHint = (alg: JwsAlg, signature: Uint8Array): string | undefined => {
  if (signatureSchemes[alg].scheme !== 'ecdsa' || !isEcdsaSigValue(signature)) return undefined;
  return `The signature is in DER. ${alg} has ${rawBytes[alg]} bytes, r‖s (RFC 7518, section 3.4): convert it.`;
};
