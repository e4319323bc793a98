import { timingSafeEqual } from 'node:crypto';
import { type JwsAlg, signatureSchemes } from '@ankasecure/algorithm';
import { AnkaError, type VerifyItem } from '@ankasecure/contracts';
import type { Custody } from '../custody/custody.js';
import type { Deadline } from '../deadline/deadline.js';
import { decodeData } from '../jose/base64url.js';
import type { KeyVersion } from '../key/key-version.js';
import { assertHasDer, derHint, rawOf } from './der.js';
import { readDigest } from './digest.js';
import { verifyAlgOf } from './jws-alg.js';
import { type JwsParts, readJws } from './read-jws.js';
import { payloadSegment } from './sign.js';
import { verifyDigest } from './verify-digest.js';
import { verifyMessage } from './verify-message.js';

export { type JwsParts, readJws } from './read-jws.js';

export interface Verified {
  readonly valid: boolean;
  readonly alg: JwsAlg;
  /** What a signature that is not valid may be instead. */
  readonly hint?: string;
}

/** The signature to verify, and the bytes it covers. */
interface Claim {
  readonly alg: JwsAlg;
  readonly of: 'message' | 'digest';
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
}

const jwsClaim = (key: KeyVersion, item: VerifyItem, parts: JwsParts): Claim => {
  const alg = verifyAlgOf(key, parts.alg);
  if (item.alg !== undefined && item.alg !== alg) {
    throw new AnkaError('algorithm-mismatch', 'The header of the JWS names another alg than the request.');
  }
  if (item.payload !== undefined && parts.payload !== '') {
    throw new AnkaError('request-invalid', 'payload is allowed only with a detached JWS.');
  }
  const payload = item.payload === undefined ? parts.payload : payloadSegment(item.payload, item.encoding);
  const bytes = Buffer.from(`${parts.protectedHeader}.${payload}`, 'latin1');
  return { alg, of: 'message', bytes, signature: parts.signature };
};

const rawClaim = (key: KeyVersion, item: VerifyItem): Claim => {
  const alg = verifyAlgOf(key, item.alg);
  if (item.format === 'der') assertHasDer(alg);
  const sent = Buffer.from(item.signature ?? '', 'base64url');
  const signature = item.format === 'der' ? rawOf(alg, sent) : sent;
  if (item.payload === undefined) return { alg, of: 'digest', bytes: readDigest(alg, item.digest ?? ''), signature };
  return { alg, of: 'message', bytes: decodeData(item.payload, item.encoding), signature };
};

/** Verifies a MAC: the token computes the full MAC again. */
const verifyMac = async (
  custody: Custody,
  budget: Deadline,
  key: KeyVersion,
  { alg, bytes, signature }: Claim,
): Promise<boolean> => {
  const { hash } = signatureSchemes[alg];
  if (hash === null) throw new AnkaError('internal-error');
  const mac = await custody.sign(budget, key.ref, { scheme: 'hmac', hash }, bytes);
  return mac.length === signature.length && timingSafeEqual(mac, signature);
};

/** Verifies a signature here: a public key needs no token. */
const verifySignature = async (
  budget: Deadline,
  { publicKey }: KeyVersion,
  { alg, of, bytes, signature }: Claim,
): Promise<boolean> => {
  if (publicKey === null) throw new AnkaError('internal-error');
  return (of === 'digest' ? verifyDigest : verifyMessage)(budget, alg, publicKey, bytes, signature);
};

/** For a JWS that is not valid: it has no payload, and the request has none for it. A JWS of an empty payload would be valid. */
const detachedHint = ({ jws, payload }: VerifyItem, parts: JwsParts | undefined): string | undefined =>
  jws !== undefined && payload === undefined && (parts ?? readJws(jws)).payload === ''
    ? 'The payload part of the JWS is empty. If it is detached (RFC 7515, appendix F), send what was signed as payload.'
    : undefined;

/**
 * Verifies one item, which its schema has checked, against the key that the caller found for it. A signature that does not
 * match, or is malformed, is `valid: false`.
 * @param parts the item's JWS, if the caller has read it already
 * @throws AnkaError `jws-invalid`, `algorithm-mismatch` (the alg of the header or the request is not the key record's),
 * `purpose-mismatch`, `request-invalid`, `deadline-exceeded`, and custody's errors (HMAC only)
 */
export const verifyItem = async (
  custody: Custody,
  budget: Deadline,
  key: KeyVersion,
  item: VerifyItem,
  parts?: JwsParts,
): Promise<Verified> => {
  const claim = item.jws === undefined ? rawClaim(key, item) : jwsClaim(key, item, parts ?? readJws(item.jws));
  const { alg } = claim;
  const isMac = signatureSchemes[alg].scheme === 'hmac';
  const valid = await (isMac ? verifyMac(custody, budget, key, claim) : verifySignature(budget, key, claim));
  const hint = valid ? undefined : (derHint(alg, claim.signature) ?? detachedHint(item, parts));
  return { valid, alg, ...(hint !== undefined && { hint }) };
};
