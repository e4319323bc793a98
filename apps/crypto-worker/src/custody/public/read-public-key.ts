import { createPublicKey, type KeyObject } from 'node:crypto';
import {
  type AlgorithmKind,
  type AlgorithmName,
  algorithmOf,
  joseAlgs,
  type ParameterSet,
  type Purpose,
} from '@ankasecure/algorithm';
import { AnkaError, type ImportedPublicKey, isPem, onePemBlock } from '@ankasecure/contracts';
import { curves, isCrv } from '../../jose/curve.js';
import { isSoundEd25519 } from './ed25519-point.js';

type Jwk = NonNullable<ImportedPublicKey['jwk']>;

const refuse = (place: string, detail: string): never => {
  throw new AnkaError('request-invalid', `publicKey.${place}: ${detail}`);
};

/** @throws AnkaError `request-invalid` with `detail` if OpenSSL does not take the key */
const parsed = <Read>(place: string, read: () => Read, detail: string): Read => {
  try {
    return read();
  } catch {
    return refuse(place, detail);
  }
};

/** The lengths of the members of each JWK are told before OpenSSL sees them (RFC 7518 §6, RFC 8037 §2). */
const coordinate = (jwk: Jwk, name: 'x' | 'y', bytes: number): string => {
  const value = jwk[name] ?? refuse('jwk', `needs the member ${name}`);
  const { length } = Buffer.from(value, 'base64url');
  return length === bytes ? value : refuse(`jwk.${name}`, `has ${length} bytes. It must have ${bytes}.`);
};

const number = (jwk: Jwk, name: 'n' | 'e'): string => {
  const value = jwk[name] ?? refuse('jwk', `needs the member ${name}`);
  const bytes = Buffer.from(value, 'base64url');
  return bytes.length > 0 && bytes[0] !== 0
    ? value
    : refuse(`jwk.${name}`, 'must not be empty or begin with a zero byte');
};

interface Wanted {
  readonly algorithm: AlgorithmName;
  readonly purpose: Purpose;
}

/**
 * RFC 9964 §3: the parameter set is told by `alg` alone. Of ML-KEM, it is the parameter set itself, or an algorithm for JWEs: ours, or
 * one of a draft.
 */
const readAkp = (jwk: Jwk, { algorithm, purpose }: Wanted): KeyObject => {
  const { parameterSet, bits } = algorithmOf(algorithm);
  if (parameterSet === undefined) return refuse('jwk.kty', `is AKP, but ${algorithm} has no key of that kty`);
  const names: readonly string[] = [parameterSet, ...joseAlgs(algorithm, purpose)];
  if (jwk.alg === undefined || !names.includes(jwk.alg)) return refuse('jwk.alg', `must be ${names.join(' or ')}`);
  const value = jwk.pub ?? refuse('jwk', 'needs the member pub');
  const { length } = Buffer.from(value, 'base64url');
  if (8 * length !== bits) return refuse('jwk.pub', `has ${length} bytes. It must have ${bits / 8}.`);
  return parsed('jwk', () => akpKey(parameterSet, value), `is not a public key of ${parameterSet}`);
};

const akpKey = (alg: ParameterSet, pub: string): KeyObject =>
  createPublicKey({ key: { kty: 'AKP', alg, pub }, format: 'jwk' });

const readers: Readonly<Record<Jwk['kty'], (jwk: Jwk, wanted: Wanted) => KeyObject>> = {
  RSA: (jwk) => {
    const key = { kty: 'RSA', n: number(jwk, 'n'), e: number(jwk, 'e') };
    return parsed('jwk', () => createPublicKey({ key, format: 'jwk' }), 'is not an RSA public key');
  },
  EC: (jwk) => {
    const { crv } = jwk;
    if (!isCrv(crv)) return refuse('jwk.crv', 'must be P-256, P-384 or P-521');
    const { bytes } = curves[crv];
    const key = { kty: 'EC', crv, x: coordinate(jwk, 'x', bytes), y: coordinate(jwk, 'y', bytes) };
    return parsed('jwk', () => createPublicKey({ key, format: 'jwk' }), `is not a point of the curve ${crv}`);
  },
  OKP: (jwk) => {
    if (jwk.crv !== 'Ed25519') return refuse('jwk.crv', 'must be Ed25519');
    const key = { kty: 'OKP', crv: jwk.crv, x: coordinate(jwk, 'x', 32) };
    return parsed('jwk', () => createPublicKey({ key, format: 'jwk' }), 'is not a public key of Ed25519');
  },
  AKP: readAkp,
};

const useOf: Partial<Readonly<Record<Purpose, Jwk['use']>>> = { sign: 'sig', encrypt: 'enc', encapsulate: 'enc' };

const encapsulating = ['encapsulateKey', 'encapsulateBits'] as const;

/**
 * The operations of public keys, one of which `key_ops` must have (RFC 7517 §4.3). That of ECDH belongs to the private key
 * (WebCrypto §6.2), so a public key for it may have none.
 */
const operationsOf: Partial<Readonly<Record<Purpose, Readonly<Record<Jwk['kty'], readonly string[]>>>>> = {
  sign: { RSA: ['verify'], EC: ['verify'], OKP: ['verify'], AKP: ['verify'] },
  encrypt: {
    RSA: ['encrypt', 'wrapKey'],
    EC: ['deriveKey', 'deriveBits'],
    OKP: ['deriveKey', 'deriveBits'],
    AKP: encapsulating,
  },
  encapsulate: { RSA: [], EC: [], OKP: [], AKP: encapsulating },
};

const isFor = ({ kty, key_ops: named = [] }: Jwk, purpose: Purpose): boolean => {
  const fitting = operationsOf[purpose]?.[kty] ?? [];
  return named.some((one) => fitting.includes(one)) || (named.length === 0 && fitting.includes('deriveKey'));
};

const assertPurpose = (jwk: Jwk, purpose: Purpose): void => {
  const { use, key_ops: named } = jwk;
  if (use !== undefined && use !== useOf[purpose])
    refuse('jwk.use', `is ${use}, but the purpose of the key is ${purpose}`);
  if (named !== undefined && !isFor(jwk, purpose))
    refuse(
      'jwk.key_ops',
      `is ${JSON.stringify(named)}, but the purpose of the key is ${purpose}. It must contain ${(operationsOf[purpose]?.[jwk.kty] ?? []).join(' or ')}, or be absent.`,
    );
};

const readJwk = (jwk: Jwk, wanted: Wanted): KeyObject => {
  assertPurpose(jwk, wanted.purpose);
  return readers[jwk.kty](jwk, wanted);
};

/** Other forms of keys, by the label of their PEM text, and what makes a public key of each. */
const otherLabels: Readonly<Record<string, string>> = {
  'RSA PUBLIC KEY': 'is a PKCS#1 key. Convert it: openssl rsa -RSAPublicKey_in -pubout',
  CERTIFICATE: 'is a certificate. Take its key: openssl x509 -pubkey -noout',
};

const readPem = (pem: string): KeyObject => {
  const { label, base64 } = onePemBlock(pem) ?? refuse('pem', 'is not one block of PEM text (RFC 7468)');
  if (label.endsWith('PRIVATE KEY'))
    return refuse('pem', 'is a private key. Send only its public key: openssl pkey -pubout');
  if (label !== 'PUBLIC KEY')
    return refuse('pem', otherLabels[label] ?? `must begin with BEGIN PUBLIC KEY, not BEGIN ${label}`);
  return readSpki('pem', Buffer.from(base64, 'base64'));
};

/** A SubjectPublicKeyInfo is DER, so there is one form of it: a form that is longer or other than OpenSSL's is refused. */
const readSpki = (place: string, bytes: Buffer): KeyObject => {
  if (isPem(bytes.toString('latin1'))) return refuse(place, 'is PEM text. Send it as pem.');
  const read = (): KeyObject => createPublicKey({ key: bytes, format: 'der', type: 'spki' });
  const key = parsed(place, read, 'is not a SubjectPublicKeyInfo, or its point is not on its curve');
  // OpenSSL takes the point at infinity, and cannot write it (SP 800-56A r3 §5.6.2.3.3).
  const again = parsed(place, () => key.export({ format: 'der', type: 'spki' }), 'is the point at infinity');
  if (again.equals(bytes)) return key;
  if (again.equals(bytes.subarray(0, again.length))) return refuse(place, 'is followed by more bytes');
  return refuse(place, 'is a SubjectPublicKeyInfo, but not in DER');
};

type Check = (place: string, key: KeyObject, algorithm: AlgorithmName) => void;

const ofKind =
  (type: string, check: Check): Check =>
  (place, key, algorithm) => {
    const { asymmetricKeyType: found } = key;
    if (found !== type) refuse(place, `is a key of kind ${found}, not of ${algorithm}`);
    check(place, key, algorithm);
  };

/** SP 800-56B r2 §6.2.2 and FIPS 186-5 §5.4: with an exponent of 1 every message is its own signature. */
const checkRsa: Check = (place, key, algorithm) => {
  const { modulusLength, publicExponent: e = 0n } = key.asymmetricKeyDetails ?? {};
  const { bits } = algorithmOf(algorithm);
  if (modulusLength !== bits) refuse(place, `has a modulus of ${modulusLength} bits. ${algorithm} has ${bits}.`);
  const modulus = Buffer.from(key.export({ format: 'jwk' }).n ?? '', 'base64url');
  if (((modulus.at(-1) ?? 0) & 1) === 0) refuse(place, 'has an even modulus');
  if (e < 65_537n || e >= 2n ** 256n || e % 2n === 0n)
    refuse(place, 'has a public exponent that is even or not between 2^16 and 2^256 (FIPS 186-5, section 5.4)');
};

/** OpenSSL has refused a point that is not on the curve. */
const checkEc: Check = (place, key, algorithm) => {
  const crv = key.asymmetricKeyDetails?.namedCurve;
  const wanted = Object.values(curves).find(({ openssl }) => openssl === crv);
  const { bits } = algorithmOf(algorithm);
  if (wanted?.bytes !== Math.ceil(bits / 8))
    refuse(place, `is on the curve ${crv ?? 'of its own parameters'}, not on that of ${algorithm}`);
};

const checkEd: Check = (place, key) => {
  const point = Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
  if (!isSoundEd25519(point))
    refuse(place, 'is not a point of Ed25519, or one of small order, which has no private key');
};

/** OpenSSL has checked the length, and of ML-KEM that each coefficient is below the modulus (FIPS 203 §7.2). */
const checkSet: Check = (place, key, algorithm) => {
  const { asymmetricKeyType: found } = key;
  if (found !== algorithmOf(algorithm).parameterSet?.toLowerCase())
    refuse(place, `is a key of kind ${found}, not of ${algorithm}`);
};

/** The kinds of pairs. */
const checks: Readonly<Partial<Record<AlgorithmKind, Check>>> = {
  rsa: ofKind('rsa', checkRsa),
  ec: ofKind('ec', checkEc),
  ed: ofKind('ed25519', checkEd),
  'ml-dsa': checkSet,
  'slh-dsa': checkSet,
  'ml-kem': checkSet,
};

/**
 * Reads and checks a public key. A public key is no secret, so a refusal says what is wrong.
 * @returns its SubjectPublicKeyInfo in DER, with an uncompressed point
 * @throws AnkaError `request-invalid`
 */
export const readPublicKey = ({ jwk, pem, der }: ImportedPublicKey, wanted: Wanted): Buffer => {
  const { algorithm } = wanted;
  const place = jwk !== undefined ? 'jwk' : pem !== undefined ? 'pem' : 'der';
  const key =
    jwk !== undefined
      ? readJwk(jwk, wanted)
      : pem !== undefined
        ? readPem(pem)
        : readSpki('der', Buffer.from(der ?? '', 'base64url'));
  const check = checks[algorithmOf(algorithm).kind] ?? refuse(place, `${algorithm} is secret and has no public key`);
  check(place, key, algorithm);
  const plain = createPublicKey({ key: key.export({ format: 'jwk' }), format: 'jwk' });
  return plain.export({ format: 'der', type: 'spki' });
};
