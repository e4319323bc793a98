import { type JwsAlg, signatureSchemes } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import { integer, sequence } from '../asn1/encode.js';
import { tags } from '../asn1/tags.js';

/** The bytes of r‖s (RFC 7518 §3.4). */
const rawBytes: Partial<Readonly<Record<JwsAlg, number>>> = { ES256: 64, ES384: 96, ES512: 132 };

const isEcdsa = (alg: JwsAlg): boolean => signatureSchemes[alg].scheme === 'ecdsa';

/** @throws AnkaError `request-invalid` for an algorithm whose signatures have no DER form */
export const assertHasDer = (alg: JwsAlg): void => {
  if (!isEcdsa(alg))
    throw new AnkaError('request-invalid', `Format der is for ECDSA only. A signature of ${alg} has the format raw.`);
};

/** r‖s as ECDSA-Sig-Value (RFC 3279 §2.2.3) in DER. */
export const derOf = (raw: Uint8Array): Buffer => {
  const half = raw.length / 2;
  return sequence(integer(raw.subarray(0, half)), integer(raw.subarray(half)));
};

/** @returns the body of an element that begins the bytes, and what follows it; null if it is another or is longer */
const elementAt = (bytes: Uint8Array, tag: number): { body: Uint8Array; rest: Uint8Array } | null => {
  const [found, first = 0x80, second = 0] = bytes;
  const [start, length] = first === 0x81 ? [3, second] : [2, first];
  if (found !== tag || (first >= 0x80 && first !== 0x81) || bytes.length < start + length) return null;
  return { body: bytes.subarray(start, start + length), rest: bytes.subarray(start + length) };
};

/** r and s of an ECDSA-Sig-Value: a sequence of two integers, and nothing else. */
const numbersOf = (bytes: Uint8Array): readonly [Uint8Array, Uint8Array] | null => {
  const outer = elementAt(bytes, tags.sequence);
  if (outer === null || outer.rest.length > 0) return null;
  const r = elementAt(outer.body, tags.integer);
  const s = r && elementAt(r.rest, tags.integer);
  return r !== null && s !== null && r.body.length > 0 && s.body.length > 0 && s.rest.length === 0
    ? [r.body, s.body]
    : null;
};

/**
 * ECDSA-Sig-Value in DER as r‖s.
 * @returns bytes that are no signature for anything but the one DER form of two numbers of the curve's length
 */
export const rawOf = (alg: JwsAlg, der: Uint8Array): Uint8Array => {
  const size = (rawBytes[alg] ?? 0) / 2;
  const numbers = numbersOf(der)?.map((number) => (number[0] === 0 ? number.subarray(1) : number));
  if (numbers === undefined || numbers.some(({ length }) => length > size)) return new Uint8Array(0);
  const raw = Buffer.concat(numbers.map((number) => Buffer.concat([Buffer.alloc(size - number.length), number])));
  return derOf(raw).equals(der) ? raw : new Uint8Array(0);
};

/** For a signature that is not valid: tells that it is in the form of most other programs. */
export const derHint = (alg: JwsAlg, signature: Uint8Array): string | undefined => {
  if (!isEcdsa(alg) || numbersOf(signature) === null) return undefined;
  return `The signature is in DER. ${alg} has ${rawBytes[alg]} bytes, r‖s (RFC 7518, section 3.4): send format der, or convert it.`;
};
