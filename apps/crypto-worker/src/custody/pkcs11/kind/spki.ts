import { createPublicKey } from 'node:crypto';
import type { ParameterSet } from '@ankasecure/algorithm';
import { bitString, der, integer, sequence } from '../../../asn1/encode.js';
import { identifierArcs } from '../cryptoki/post-quantum.js';
import { curveOf, fieldBytes } from './curve.js';

const rsaIdentifier = sequence(Buffer.from('06092a864886f70d010101', 'hex'), Buffer.from('0500', 'hex'));
const ecIdentifier = Buffer.from('06072a8648ce3d0201', 'hex');
const ed25519Identifier = sequence(Buffer.from('06032b6570', 'hex'));

/** @throws if node:crypto cannot read it: a token that returns a broken public key is broken itself */
const verified = (spki: Buffer): Buffer => {
  createPublicKey({ key: spki, format: 'der', type: 'spki' });
  return spki;
};

export const rsaSpki = (modulus: Uint8Array, exponent: Uint8Array): Buffer =>
  verified(sequence(rsaIdentifier, bitString(sequence(integer(modulus), integer(exponent)))));

/** CKA_EC_POINT is a DER OCTET STRING by the standard; some tokens return the bare point. @param size of the bare point in bytes */
const barePoint = (point: Uint8Array, size: number): Uint8Array => {
  if (point.length === size) return point;
  const bare = point.subarray(point.length - size);
  if (!der(0x04, bare).equals(point)) throw new Error('the token’s CKA_EC_POINT is not a point');
  return bare;
};

export const ecSpki = (bits: number, point: Uint8Array): Buffer => {
  const algorithm = sequence(ecIdentifier, curveOf(bits).oid);
  return verified(sequence(algorithm, bitString(barePoint(point, 1 + 2 * fieldBytes(bits)))));
};

export const ed25519Spki = (point: Uint8Array): Buffer =>
  verified(sequence(ed25519Identifier, bitString(barePoint(point, 32))));

/** 2.16.840.1.101.3.4, NIST's algorithms, with two more arcs. */
const nistIdentifier = ([arc, last]: readonly [number, number]): Buffer =>
  Buffer.concat([Buffer.from('0609608648016503', 'hex'), Buffer.of(4, arc, last)]);

/** The identifier has no parameters, and the key is not encoded again (RFC 9881 §2 and 4, RFC 9909 §3 and 4, RFC 9935 §3 and 4). */
export const postQuantumSpki = (set: ParameterSet, publicKey: Uint8Array): Buffer =>
  verified(sequence(sequence(nistIdentifier(identifierArcs[set])), bitString(publicKey)));
