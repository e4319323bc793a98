import { hash } from 'node:crypto';
import type { Purpose } from '@ankasecure/algorithm';
import type { publicKey } from '@ankasecure/contracts';
import type { z } from 'zod';
import { encodingsOf } from '../asn1/decode.js';
import { type KeyVersion, kidOf } from './key-version.js';

export type PublicKey = z.infer<typeof publicKey>;

/** JWK members of a public key, per `kty` (RFC 7518 §6, RFC 8037 §2, RFC 9964 §3). */
const members = { RSA: ['n', 'e'], EC: ['crv', 'x', 'y'], OKP: ['crv', 'x'], AKP: ['pub'] } as const;

const isKty = (kty: unknown): kty is keyof typeof members => typeof kty === 'string' && Object.hasOwn(members, kty);

/** Returns `alg` for a key with one algorithm. The headers of its JWSs have the same name, so clients that compare them agree. */
const jwkAlg = (algs: KeyVersion['algs']): string | undefined => (algs.length === 1 ? algs[0] : undefined);

/** RFC 7517 §4.2: encapsulating to a key counts as encrypting to it. A key for `mac` or `wrap` has no public half. */
const useOf: Readonly<Record<Purpose, 'enc' | 'sig'>> = {
  encrypt: 'enc',
  encapsulate: 'enc',
  wrap: 'enc',
  sign: 'sig',
  mac: 'sig',
};

/** Exports the public half as callers get it: PEM, and a JWK with kid, use and, where there is only one, alg. null for secret keys. */
export const publicKeyOf = (
  key: Pick<KeyVersion, 'keyId' | 'version' | 'purpose' | 'algs' | 'publicKey'>,
): PublicKey | null => {
  if (key.publicKey === null) return null;
  const exported = key.publicKey.export({ format: 'jwk' });
  const { kty } = exported;
  if (!isKty(kty)) throw new TypeError('the public key must have kty RSA, EC, OKP or AKP');
  const jwk: Record<string, string> = { kty };
  for (const name of members[kty]) jwk[name] = String(exported[name]);
  jwk['kid'] = kidOf(key);
  jwk['use'] = useOf[key.purpose];
  const alg = jwkAlg(key.algs);
  if (alg !== undefined) jwk['alg'] = alg;
  return { jwk, pem: key.publicKey.export({ format: 'pem', type: 'spki' }).toString() };
};

/** The members of a JWK or a JWS header that show certificates (RFC 7517 §4.7 and 4.9; RFC 7515 §4.1.6 and 4.1.8). */
export interface CertificateMembers {
  /** base64 with padding. The certificate of the key comes first. */
  readonly x5c: string[];
  readonly 'x5t#S256': string;
}

/** The certificates of a stored chain in DER, that of the key first. @param chain the certificates, one after the other */
export const certificatesOf = (chain: Buffer): readonly Buffer[] => encodingsOf(chain);

/** @returns undefined for a version without certificates */
export const certificateMembers = ({
  certificateChain: chain,
}: Pick<KeyVersion, 'certificateChain'>): CertificateMembers | undefined => {
  if (chain === undefined || chain === null) return undefined;
  const certificates = certificatesOf(chain);
  return {
    x5c: certificates.map((certificate) => certificate.toString('base64')),
    'x5t#S256': hash('sha256', certificates[0] ?? Buffer.alloc(0), 'base64url'),
  };
};
