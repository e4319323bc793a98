import { hash as digestOf } from 'node:crypto';
import { type Hash, type JwsAlg, jwsAlgs, makesJws, signatureSchemes } from '@ankasecure/algorithm';
import { AnkaError, type JwsHeader, type SignItem } from '@ankasecure/contracts';
import type { Custody, SignatureRequest } from '../custody/custody.js';
import type { Deadline } from '../deadline/deadline.js';
import { decodeData, encodeSegment } from '../jose/base64url.js';
import { maxHeaderBytes } from '../jose/header.js';
import { type KeyVersion, kidOf } from '../key/key-version.js';
import { type CertificateMembers, certificateMembers } from '../key/public-key.js';
import { assertHasDer, derOf } from './der.js';
import { readDigest } from './digest.js';
import { jwsAlgOf } from './jws-alg.js';

export interface Signed {
  /** Formats `jws` and `jws-detached`. */
  readonly jws?: string;
  /** base64url; formats `raw` and `der`. */
  readonly signature?: string;
  readonly alg: JwsAlg;
}

interface Preparation {
  readonly request: SignatureRequest;
  /** The hash that the worker computes before it calls the token; null if the token takes the whole message. */
  readonly hash: Hash | null;
}

const prepare = (alg: JwsAlg): Preparation => {
  const { scheme, hash } = signatureSchemes[alg];
  switch (scheme) {
    case 'ecdsa':
      return { request: { scheme }, hash };
    case 'eddsa':
    case 'ml-dsa':
    case 'slh-dsa':
      return { request: { scheme }, hash: null };
    default:
      if (hash === null) throw new Error(`${alg} needs a hash`);
      return { request: { scheme, hash }, hash: scheme === 'hmac' ? null : hash };
  }
};

const preparations = Object.fromEntries(jwsAlgs.map((alg) => [alg, prepare(alg)])) as Record<JwsAlg, Preparation>;

/** The input that custody signs for a message: its hash, or the message itself for schemes that take it whole. */
const inputOf = (hash: Hash | null, message: string | Buffer): Buffer => {
  if (hash !== null) return digestOf(hash, message, 'buffer');
  return typeof message === 'string' ? Buffer.from(message, 'latin1') : message;
};

/**
 * Signs a whole message with `alg`, one of the key record's. The signature is raw: r‖s for ECDSA (RFC 7518 §3.4).
 * @throws AnkaError custody's errors
 */
export const signMessage = (
  custody: Custody,
  budget: Deadline,
  key: KeyVersion,
  alg: JwsAlg,
  message: string | Buffer,
): Promise<Uint8Array> => {
  const { request, hash } = preparations[alg];
  return custody.sign(budget, key.ref, request, inputOf(hash, message));
};

/** Segment 1 of a key's JWSs without members that the caller chose, per algorithm. It never changes, so it is encoded once. */
const headers = new WeakMap<KeyVersion, Map<JwsAlg, string>>();

/** The members that show the version's certificate. @throws AnkaError `request-invalid` if it has none */
const shownCertificate = (key: KeyVersion, shown: SignItem['certificate']): Partial<CertificateMembers> => {
  if (shown === undefined) return {};
  const members = certificateMembers(key);
  if (members === undefined) throw new AnkaError('request-invalid', 'certificate: the version has no certificate');
  return shown === 'chain' ? members : { 'x5t#S256': members['x5t#S256'] };
};

/** @throws AnkaError `request-invalid` for a header that is too long for verifiers */
const chosenSegment = (key: KeyVersion, alg: JwsAlg, { header, certificate }: Chosen): string => {
  const { typ, cty, ...others }: JwsHeader = header ?? {};
  // JSON leaves undefined members out. Ours come last, so that they hold whatever the caller chose.
  const members = { typ, cty, ...others, ...shownCertificate(key, certificate), alg, kid: kidOf(key) };
  const bytes = Buffer.from(JSON.stringify(members));
  if (bytes.length <= maxHeaderBytes) return bytes.toString('base64url');
  throw new AnkaError(
    'request-invalid',
    `The protected header would be longer than ${maxHeaderBytes} bytes. Ask for certificate thumbprint.`,
  );
};

/** The header members that the caller chose. */
type Chosen = Pick<SignItem, 'header' | 'certificate'>;

const headerSegment = (key: KeyVersion, alg: JwsAlg, chosen: Chosen): string => {
  if (chosen.header !== undefined || chosen.certificate !== undefined) return chosenSegment(key, alg, chosen);
  const known = headers.get(key) ?? new Map<JwsAlg, string>();
  const encoded = known.get(alg);
  if (encoded !== undefined) return encoded;
  const segment = Buffer.from(JSON.stringify({ alg, kid: kidOf(key) }), 'latin1').toString('base64url');
  headers.set(key, known.set(alg, segment));
  return segment;
};

/** @throws AnkaError `request-invalid` for an algorithm that makes raw signatures only */
export const makingJws = (alg: JwsAlg): JwsAlg => {
  if (makesJws(alg)) return alg;
  throw new AnkaError('request-invalid', `${alg} makes no JWS. Ask for format raw.`);
};

/** Segment 2. base64url from the caller is used unchanged. */
export const payloadSegment = (payload: string, encoding: 'base64url' | 'utf8'): string =>
  encoding === 'base64url' ? payload : Buffer.from(payload, 'utf8').toString('base64url');

/** The message or digest of a `raw` or `der` item, ready for custody. */
const rawInput = (alg: JwsAlg, hash: Hash | null, { payload, digest, encoding }: SignItem): Buffer =>
  payload === undefined ? readDigest(alg, digest ?? '') : inputOf(hash, decodeData(payload, encoding));

/**
 * Signs one item, which its schema has checked, with one of the key record's algorithms.
 * @throws AnkaError `algorithm-mismatch`, `purpose-mismatch`, `request-invalid` for a digest that does not fit or a format that
 * the algorithm does not have, and custody's errors
 */
export const signItem = async (
  custody: Custody,
  budget: Deadline,
  key: KeyVersion,
  item: SignItem,
): Promise<Signed> => {
  const alg = jwsAlgOf(key, item.alg);
  if (item.format === 'raw' || item.format === 'der') {
    const { request, hash } = preparations[alg];
    if (item.format === 'der') assertHasDer(alg);
    const signature = await custody.sign(budget, key.ref, request, rawInput(alg, hash, item));
    return { signature: encodeSegment(item.format === 'der' ? derOf(signature) : signature), alg };
  }
  const header = headerSegment(key, makingJws(alg), item);
  const payload = payloadSegment(item.payload ?? '', item.encoding);
  const signature = await signMessage(custody, budget, key, alg, `${header}.${payload}`);
  const shown = item.format === 'jws' ? payload : '';
  return { jws: `${header}.${shown}.${encodeSegment(signature)}`, alg };
};
