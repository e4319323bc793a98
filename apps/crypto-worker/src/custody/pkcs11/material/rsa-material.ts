import { checkPrimeSync } from 'node:crypto';
import { elementsOf, firstElement, unsigned } from '../../../asn1/decode.js';
import { tags } from '../../../asn1/tags.js';
import { BadMaterial } from '../session/bad-material.js';
import type { PrivateKeyInfo } from './pkcs8.js';

const rsaEncryption = Buffer.from('2a864886f70d010101', 'hex');

const bitLength = (value: bigint): number => value.toString(2).length;
const isOdd = (value: bigint): boolean => value % 2n === 1n;

/** The nine numbers of an RSAPrivateKey (RFC 8017 §A.1.2), after its version. */
const numbersOf = (privateKey: Buffer): readonly bigint[] => {
  const { element, rest } = firstElement(privateKey);
  if (rest.length > 0) throw new BadMaterial('trailing-bytes');
  const numbers = element.tag === tags.sequence ? elementsOf(element.body).map(unsigned) : [];
  if (numbers.length !== 9 || numbers[0] !== 0n) throw new BadMaterial('form');
  return numbers.slice(1);
};

/**
 * Checks an RSA key as SP 800-56B r2 §6.4.1.2.3 does: the factors are primes of the modulus, and everything else follows from
 * them.
 * @throws BadMaterial, NotDer
 */
export const checkRsa = (bits: number, { algorithm, privateKey }: PrivateKeyInfo): void => {
  if (!algorithm.equals(rsaEncryption)) throw new BadMaterial('kind');
  const [n = 0n, e = 0n, d = 0n, p = 0n, q = 0n, dp = 0n, dq = 0n, qInverse = 0n] = numbersOf(privateKey);
  if (bitLength(n) !== bits || !isOdd(n)) throw new BadMaterial('modulus');
  if (e < 65_537n || e >= 2n ** 256n || !isOdd(e)) throw new BadMaterial('exponent');
  if (p * q !== n || p === q || p < 3n || q < 3n || !checkPrimeSync(p) || !checkPrimeSync(q))
    throw new BadMaterial('factors');
  const matches = d > 1n && d < n && (e * d) % (p - 1n) === 1n && (e * d) % (q - 1n) === 1n;
  if (!matches) throw new BadMaterial('private-exponent');
  if (dp !== d % (p - 1n) || dq !== d % (q - 1n) || qInverse >= p || (qInverse * q) % p !== 1n)
    throw new BadMaterial('crt');
};
