import { calculateJwkThumbprint, type JWK } from 'jose';
import { changedThumbprints } from '../audit/changed-details.js';
import type { ServiceAccount } from './service-account.contract.js';

/** A key or certificate that proves an account's identity: its name in events, and its end. */
interface Credential {
  readonly thumbprint: string;
  readonly expiresAt?: string | undefined;
}

/** The public JWKs and the certificates of an account, each with its end. */
interface Proofs {
  readonly keys: readonly object[];
  readonly certificates: readonly Credential[];
}

/** The margin before its end at which a credential proves nothing more, in milliseconds: a token lives for at least a second. */
const marginMs = 1000;

const endOf = ({ expiresAt }: Pick<Credential, 'expiresAt'>): number =>
  expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiresAt);

/** Whether a key or certificate still proves its account's identity. */
export const isValid = (credential: { readonly expiresAt?: string | undefined }, now: number): boolean =>
  now < endOf(credential) - marginMs;

/** The keys that prove the account's identity now, as plain JWKs. */
export const validKeys = ({ keys }: Pick<ServiceAccount, 'keys'>, now: number): JWK[] =>
  keys.filter((key) => isValid({ expiresAt: key['expiresAt'] }, now)).map(({ expiresAt: _, ...jwk }) => jwk);

/** The seconds since the epoch at which a token of the credential ends. */
export const tokenEnd = (credential: Pick<Credential, 'expiresAt'>, now: number, tokenSeconds: number): number =>
  Math.min(now + tokenSeconds, Math.floor(endOf(credential) / 1000));

type Ends = ReadonlyMap<string, number>;

/** The ends of credentials, by their thumbprints. */
const endsOf = (credentials: readonly Credential[]): Ends =>
  new Map(credentials.map((credential) => [credential.thumbprint, endOf(credential)]));

/** The keys by their SHA-256 thumbprints (RFC 7638). The kid is no part of them: a key under another kid is the same credential. */
const keysOf = async ({ keys }: Proofs): Promise<Ends> =>
  endsOf(
    await Promise.all(
      (keys as readonly (JWK & Pick<Credential, 'expiresAt'>)[]).map(async ({ expiresAt, ...jwk }) => ({
        thumbprint: await calculateJwkThumbprint(jwk),
        expiresAt,
      })),
    ),
  );

/** Whether something that proved the identity does so no more, or ends earlier. */
const narrows = (before: Ends, after: Ends): boolean =>
  [...before].some(([thumbprint, end]) => (after.get(thumbprint) ?? Number.NEGATIVE_INFINITY) < end);

/**
 * Compares the credentials of an account before and after a change.
 * @returns whether tokens end, because something that could have earned them proves nothing any more, and the event's details
 */
export const credentialChange = async (
  before: Proofs,
  after: Proofs,
): Promise<{ readonly endsTokens: boolean; readonly details: Readonly<Record<string, string>> }> => {
  const keys = [await keysOf(before), await keysOf(after)] as const;
  const certificates = [endsOf(before.certificates), endsOf(after.certificates)] as const;
  return {
    endsTokens: narrows(...keys) || narrows(...certificates),
    details: { ...changedThumbprints('Keys', ...keys), ...changedThumbprints('Certificates', ...certificates) },
  };
};
