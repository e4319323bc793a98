import type { KeyObject } from 'node:crypto';
import type { Alg, AlgorithmName, JweAlg, Purpose } from '@ankasecure/algorithm';
import type { CustodyKind, KeyRef } from '../custody/custody.js';
import type { Lifecycle } from './key-state.js';

/**
 * A key version as operations use it. It is immutable: a change makes a new revision, which
 * the fence compares. `stateAt` computes its state by the clock of the call.
 */
export interface KeyVersion extends Lifecycle {
  readonly tenantId: string;
  readonly keyId: string;
  readonly version: number;
  readonly revision: number;
  readonly algorithm: AlgorithmName;
  readonly purpose: Purpose;
  /** The algorithms of the key record, the default first. They are the source of `alg`, never a header. */
  readonly algs: readonly Alg[];
  readonly custody: CustodyKind;
  /** The number of times that the version may protect data; null means unlimited. */
  readonly maxUses: number | null;
  readonly ref: KeyRef;
  /** When the key and this version were made; milliseconds since the epoch. */
  readonly keyMadeAt: number;
  readonly madeAt: number;
  /** null for secret keys. */
  readonly publicKey: KeyObject | null;
  /** The certificates for the public key in DER, one after the other, that of the key first. */
  readonly certificateChain?: Buffer | null;
}

/** The members of a key's record that decide the rights of its object. */
export const objectKindOf = ({
  algorithm,
  purpose,
  algs,
}: Pick<KeyVersion, 'algorithm' | 'purpose' | 'algs'>): Pick<KeyRef, 'algorithm' | 'purpose' | 'alg'> => ({
  algorithm,
  purpose,
  alg: purpose === 'encrypt' ? (algs[0] as JweAlg) : null,
});

/** Returns the `kid` of JOSE headers and JWKs, which names key and version. */
export const kidOf = ({ keyId, version }: Pick<KeyVersion, 'keyId' | 'version'>): string => `${keyId}.${version}`;

const kid = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([1-9][0-9]{0,8})$/;

/** @returns null for anything that is not one of our kids */
export const parseKid = (text: string): { keyId: string; version: number } | null => {
  const match = kid.exec(text);
  return match === null ? null : { keyId: match[1] as string, version: Number(match[2]) };
};
