import type { Use } from '@ankasecure/policy-rules';
import { type Capability, type Custody, type CustodyKind, type KeyRef } from '../custody/custody.js';
import { isLacking, tokenDoesIt } from '../custody/lacking.js';
import { usesOfKey } from '../key/key-state.js';
import { importedOnly, isMadeHere } from './made-here.js';

/** A reason other than policy for which a call is refused, with its problem code. */
export interface Obstacle {
  readonly code: 'purpose-mismatch' | 'algorithm-unavailable';
  readonly rule: 'platform';
  readonly detail: string;
  readonly source: string;
}

interface PlannedUse extends Pick<KeyRef, 'algorithm' | 'purpose'> {
  readonly use: Use;
  readonly custody: CustodyKind;
}

const ofPurpose = (detail: string): Obstacle => ({
  code: 'purpose-mismatch',
  rule: 'platform',
  detail,
  source: 'the uses that the platform offers for keys of this purpose',
});
const ofToken = (detail: string): Obstacle => ({
  code: 'algorithm-unavailable',
  rule: 'platform',
  detail,
  source: 'the capabilities of the token',
});

/** Tells whether no algorithm can be used and no pending self-test can change that. */
const isUnavailable = ({ algs, excluded }: Capability): boolean =>
  algs.length === 0 && excluded.length > 0 && excluded.every(({ code }) => code !== 'self-test-pending');

/** Decides by what is known of the token, without calling it. */
export const obstacleTo = (
  custody: Pick<Custody, 'known'>,
  { algorithm, purpose, use, custody: place }: PlannedUse,
): Obstacle | undefined => {
  if (use !== 'create')
    return usesOfKey(purpose, place).includes(use)
      ? undefined
      : ofPurpose(`A key for ${purpose} in custody ${place} cannot ${use} data`);
  if (!isMadeHere(purpose)) return ofPurpose(importedOnly);
  if (place === 'software' && !isLacking(custody.known(algorithm, purpose)))
    return ofToken(tokenDoesIt(algorithm, purpose));
  const known = custody.known(algorithm, purpose, place);
  return isUnavailable(known)
    ? ofToken(known.excluded.map(({ alg, detail }) => `${alg}: ${detail}`).join('; '))
    : undefined;
};
