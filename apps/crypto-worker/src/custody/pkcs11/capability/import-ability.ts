import { algorithmOf, importSteps } from '@ankasecure/algorithm';
import type { ImportMethod } from '@ankasecure/contracts';
import type { ImportAbility, KeyRef } from '../../custody.js';
import { ckm, type MechanismList, mechanismFlag } from '../cryptoki/mechanism.js';
import { shapeOf } from '../job/shape-of.js';
import { kindOf } from '../kind/kinds.js';
import type { Profile } from '../profile/profile.js';
import { lackingToTry } from './lack.js';

const howImported: Readonly<Record<ImportMethod, string>> = {
  'rsa-aes-kwp': 'The token unwraps RSA-OAEP, then AES key wrap with padding',
  'aes-kwp': 'The token unwraps AES key wrap with padding, under a key whose purpose is wrap',
};

const unwraps = (mechanism: number | undefined, listed: MechanismList): boolean =>
  ((listed.get(mechanism ?? -1)?.flags ?? 0) & mechanismFlag.unwrap) !== 0;

/** Whether the worker checks such a key, because the token would take any. */
const isUnchecked = ({ algorithm, purpose }: Pick<KeyRef, 'algorithm' | 'purpose'>, profile: Profile): boolean =>
  profile.importCheck === 'worker' && kindOf(shapeOf(algorithm, purpose, null)).pair;

/** The findings about a token's imports. */
interface KnownOfImports {
  readonly listed: MechanismList;
  /** Why the self-test of an imported key that unwraps others failed; undefined if it did not. */
  readonly failed: string | undefined;
}

/**
 * Tells whether the token can import by `method`, according to its list and to the self-test. Each import decides in the end.
 * @param of the kind of key, if known; it is tried before it is kept
 */
export const importAbility = (
  method: ImportMethod,
  of: Pick<KeyRef, 'algorithm' | 'purpose'> | undefined,
  profile: Profile,
  { listed, failed }: KnownOfImports,
): ImportAbility => {
  const oaep = method === 'rsa-aes-kwp';
  const untried = of && lackingToTry(shapeOf(of.algorithm, of.purpose, null), profile, listed);
  const lacks = [
    ...(oaep && !unwraps(ckm.RSA_PKCS_OAEP, listed) ? ['unwrap with RSA-OAEP'] : []),
    ...(unwraps(profile.kekWrap[0], listed) ? [] : ['unwrap with AES key wrap with padding']),
    ...(of && profile.notWrapped.includes(algorithmOf(of.algorithm).kind) ? [`unwrap keys of ${of.algorithm}`] : []),
    ...(failed === undefined ? [] : [`import a key (${failed})`]),
    ...(untried ? [`try a key of ${of.algorithm} (${untried})`] : []),
  ];
  const detail = lacks.length > 0 ? `The token cannot ${lacks.join(', nor ')}` : howImported[method];
  return {
    available: lacks.length === 0,
    ...(oaep && { oaepHash: profile.importHash }),
    detail,
    ...(of !== undefined && isUnchecked(of, profile) && { outsideSteps: importSteps }),
    ...(of !== undefined && profile.fillsWrapped && { fillsWrapped: true as const }),
  };
};
