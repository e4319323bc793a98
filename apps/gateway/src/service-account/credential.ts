import { calculateJwkThumbprint, type JWK } from 'jose';
import type { ServiceAccount } from './service-account.contract.js';

/** What proves an account's identity: its name in events, and its end in milliseconds since the epoch. */
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

/** The keys by their SHA-256 thumbprints (RFC 7638). The kid is no part of them: a key under another kid is the same credential. */
const keysOf = ({ keys }: Proofs): Promise<readonly Credential[]> =>
  Promise.all(
    (keys as readonly (JWK & Pick<Credential, 'expiresAt'>)[]).map(async ({ expiresAt, ...jwk }) => ({
      thumbprint: await calculateJwkThumbprint(jwk),
      expiresAt,
    })),
  );

/** The thumbprints of added, removed and otherwise ended credentials. */
interface CredentialChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** The end has moved. */
  readonly changed: readonly string[];
  /** Something that proved the identity does so no more, or ends earlier. */
  readonly narrows: boolean;
}

const changeOf = (before: readonly Credential[], after: readonly Credential[]): CredentialChange => {
  const held = new Map(before.map((one) => [one.thumbprint, one]));
  const kept = new Map(after.map((one) => [one.thumbprint, one]));
  const both = [...held.values()].flatMap((was) => {
    const is = kept.get(was.thumbprint);
    return is === undefined ? [] : [{ was, is }];
  });
  const removed = [...held.keys()].filter((one) => !kept.has(one));
  return {
    added: [...kept.keys()].filter((one) => !held.has(one)),
    removed,
    changed: both.filter(({ was, is }) => endOf(was) !== endOf(is)).map(({ is }) => is.thumbprint),
    narrows: removed.length > 0 || both.some(({ was, is }) => endOf(is) < endOf(was)),
  };
};

const named = (kind: string, { added, removed, changed }: CredentialChange): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ [`added${kind}`]: added, [`removed${kind}`]: removed, [`changed${kind}`]: changed })
      .filter(([, all]) => all.length > 0)
      .map(([name, all]) => [name, all.join(' ')]),
  );

/**
 * Compares the credentials of an account before and after a change.
 * @returns whether tokens end, because something that could have earned them proves nothing any more, and the event's details
 */
export const credentialChange = async (
  before: Proofs,
  after: Proofs,
): Promise<{ readonly endsTokens: boolean; readonly details: Readonly<Record<string, string>> }> => {
  const keys = changeOf(await keysOf(before), await keysOf(after));
  const certificates = changeOf(before.certificates, after.certificates);
  return {
    endsTokens: keys.narrows || certificates.narrows,
    details: { ...named('Keys', keys), ...named('Certificates', certificates) },
  };
};
