import { constants, type KeyObject, verify } from 'node:crypto';
import { promisify } from 'node:util';
import { hashBytes, type JwsAlg, type SignatureScheme, signatureSchemes } from '@ankasecure/algorithm';
import { assertInTime } from '../deadline/assert-in-time.js';
import type { Deadline } from '../deadline/deadline.js';
import { quickTurns } from '../turn/thread-turns.js';

type AsymmetricScheme = Exclude<SignatureScheme['scheme'], 'hmac'>;

const { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING } = constants;

/** The arguments of node:crypto, per scheme. PSS takes exactly one salt length (RFC 7518 §3.5), ECDSA exactly r‖s (§3.4). The context of ML-DSA and SLH-DSA is empty (RFC 9964 §4). */
const keyInputs = {
  'rsa-pkcs1': (key: KeyObject) => ({ key, padding: RSA_PKCS1_PADDING }),
  'rsa-pss': (key: KeyObject, saltLength: number) => ({ key, padding: RSA_PKCS1_PSS_PADDING, saltLength }),
  ecdsa: (key: KeyObject) => ({ key, dsaEncoding: 'ieee-p1363' as const }),
  eddsa: (key: KeyObject) => ({ key }),
  'ml-dsa': (key: KeyObject) => ({ key }),
  'slh-dsa': (key: KeyObject) => ({ key }),
} as const satisfies Record<AsymmetricScheme, (key: KeyObject, saltLength: number) => unknown>;

type Verify = (hash: string | null, message: Uint8Array, key: unknown, signature: Uint8Array) => Promise<boolean>;
const verifyInThread = promisify(verify) as Verify;

/**
 * True if `signature` is a signature of `message` under `key`; false otherwise, also for malformed signatures. Runs on
 * libuv's threads, where tenants take turns.
 * @throws AnkaError `deadline-exceeded`; `service-unavailable` if too many wait
 */
export const verifyMessage = async (
  budget: Deadline,
  alg: JwsAlg,
  key: KeyObject,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> => {
  const { scheme, hash } = signatureSchemes[alg];
  if (scheme === 'hmac') return false;
  assertInTime(budget);
  const input = keyInputs[scheme](key, hash === null ? 0 : hashBytes[hash]);
  return quickTurns.take(budget, () => verifyInThread(hash, message, input, signature));
};
