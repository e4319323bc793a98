import { constants, type KeyObject, publicDecrypt, timingSafeEqual } from 'node:crypto';
import { type Hash, type JwsAlg, signatureSchemes } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import { assertInTime } from '../deadline/assert-in-time.js';
import type { Deadline } from '../deadline/deadline.js';
import { emsaPssVerify } from '../jose/emsa-pss.js';
import { publicKeyTurns } from '../turn/own-turns.js';
import { verifyEcdsaDigest } from './verify-ecdsa-digest.js';

/** DER of DigestInfo up to the digest (RFC 8017 §9.2, note 1). */
const digestInfo = {
  sha256: Buffer.from('3031300d060960864801650304020105000420', 'hex'),
  sha384: Buffer.from('3041300d060960864801650304020205000430', 'hex'),
  sha512: Buffer.from('3051300d060960864801650304020305000440', 'hex'),
} as const satisfies Record<Hash, Buffer>;

/** RSAVP1, with `padding` removed; null if the signature is not a number below the modulus or the padding is wrong. */
const recover = (key: KeyObject, padding: number, signature: Uint8Array): Buffer | null => {
  try {
    return publicDecrypt({ key, padding }, signature);
  } catch {
    return null;
  }
};

const equal = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && timingSafeEqual(left, right);

/**
 * Verifies over a digest that the caller computed. node:crypto verifies only messages. For RSA, OpenSSL computes the public
 * operation and this code compares the encoding (RFC 8017 §8.2.2, §8.1.2). For ECDSA, the noble library verifies, in a
 * thread. Both handle only public data.
 * @throws AnkaError `request-invalid` for EdDSA and HMAC, which take only messages; `deadline-exceeded`
 */
export const verifyDigest = async (
  budget: Deadline,
  alg: JwsAlg,
  key: KeyObject,
  digest: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> => {
  const { scheme, hash } = signatureSchemes[alg];
  if (scheme === 'ecdsa') return verifyEcdsaDigest(budget, key, digest, signature);
  if (hash === null || !(scheme === 'rsa-pkcs1' || scheme === 'rsa-pss')) {
    throw new AnkaError(
      'request-invalid',
      `${alg} signatures are verified with the payload. Send the payload, not its digest.`,
    );
  }
  assertInTime(budget);
  return publicKeyTurns.take(budget, () => verifyRsa({ scheme, hash }, key, digest, signature));
};

const verifyRsa = (
  { scheme, hash }: { readonly scheme: 'rsa-pss' | 'rsa-pkcs1'; readonly hash: Hash },
  key: KeyObject,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean => {
  const modulusBits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (signature.length !== Math.ceil(modulusBits / 8)) return false;
  if (scheme === 'rsa-pss') {
    const encoded = recover(key, constants.RSA_NO_PADDING, signature);
    return encoded !== null && emsaPssVerify(hash, digest, encoded, modulusBits - 1);
  }
  const recovered = recover(key, constants.RSA_PKCS1_PADDING, signature);
  return recovered !== null && equal(recovered, Buffer.concat([digestInfo[hash], digest]));
};
