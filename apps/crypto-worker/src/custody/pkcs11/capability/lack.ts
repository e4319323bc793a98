import type { Alg } from '@ankasecure/algorithm';
import { ckm, type MechanismInfo, type MechanismList, mechanismFlag } from '../cryptoki/mechanism.js';
import type { KeyShape } from '../job/key-shape.js';
import { kindOf, useOf } from '../kind/kinds.js';
import type { Need } from '../kind/token-kind.js';
import { doesNotWrap } from '../operation/self-test-subject.js';
import type { Profile } from '../profile/profile.js';

/** The mechanism that brings a key into the token. A key for `wrap` is imported. */
const neededToMake = (shape: KeyShape): Need => {
  if (shape.purpose === 'wrap') return { mechanism: ckm.RSA_PKCS_OAEP, flags: mechanismFlag.unwrap };
  const { generation, pair } = kindOf(shape);
  return { mechanism: generation, flags: pair ? mechanismFlag.generateKeyPair : mechanismFlag.generate };
};

const hex = (mechanism: number): string => `0x${mechanism.toString(16)}`;

const isOutOfRange = (shape: KeyShape, { minKeySize, maxKeySize }: MechanismInfo): boolean =>
  kindOf(shape).listedInBits && maxKeySize > 0 && (shape.bits < minKeySize || shape.bits > maxKeySize);

const noKeyWrap = 'the token does not support AES key wrap with padding';

const lackOfOne = ({ mechanism, flags, lacks }: Need, shape: KeyShape, listed: MechanismList): string | null => {
  if (lacks !== undefined) return lacks;
  if (mechanism === undefined) return noKeyWrap;
  const info = listed.get(mechanism);
  if (!info) return `the token lists no mechanism ${hex(mechanism)}`;
  if ((info.flags & flags) !== flags) return `mechanism ${hex(mechanism)} lacks flags ${hex(flags)}`;
  if (!isOutOfRange(shape, info)) return null;
  return `mechanism ${hex(mechanism)} supports ${info.minKeySize} to ${info.maxKeySize} bits`;
};

/** The first of these needs that the token's list does not meet; null if it meets all. */
const lackOf = (needs: readonly Need[], shape: KeyShape, listed: MechanismList): string | null => {
  for (const need of needs) {
    const lack = lackOfOne(need, shape, listed);
    if (lack !== null) return lack;
  }
  return null;
};

/** The reason why the token's list prevents an imported key of this kind from being tried; null if there is none. */
export const lackingToTry = (shape: KeyShape, profile: Profile, listed: MechanismList): string | null =>
  shape.purpose === 'wrap' && !profile.createObject
    ? 'the token cannot create objects to test keys with'
    : lackOf(kindOf(shape).neededToTry(shape, profile), shape, listed);

/** The reason why the profile rules out every key; null if there is none. */
export const lackingAnyKey = ({ keyTemplates }: Profile): string | null =>
  keyTemplates === 'vendor'
    ? 'the token makes keys only from its vendor’s own attributes, which cannot say whose a key is and what it may do'
    : null;

/** The reason why the profile rules out that such a key is kept wrapped; null if there is none. */
export const lackingToWrap = ({ kind }: Pick<KeyShape, 'kind'>, { kekWrap, notWrapped }: Profile): string | null => {
  if (kekWrap.length === 0) return noKeyWrap;
  return notWrapped.includes(kind) ? doesNotWrap : null;
};

/** The reason why the profile or the token's list rules out `alg`; null if there is none. */
export const lackingFor = (alg: Alg, shape: KeyShape, profile: Profile, listed: MechanismList): string | null => {
  const none = lackingAnyKey(profile);
  if (none !== null) return none;
  const lack = lackOf([neededToMake(shape), useOf(shape, alg).need(profile)], shape, listed);
  return lack ?? (shape.purpose === 'wrap' ? lackingToTry(shape, profile, listed) : null);
};
