import type { Alg, AlgorithmKind } from '@ankasecure/algorithm';
import { objectClass } from '../cryptoki/attribute.js';
import { aes } from './aes.js';
import { ec } from './ec.js';
import { ed } from './ed.js';
import { hmac } from './hmac.js';
import { mlDsa } from './ml-dsa.js';
import { mlKem } from './ml-kem.js';
import { rsa } from './rsa.js';
import { slhDsa } from './slh-dsa.js';
import type { SomeKind, TokenKind, TokenUse } from './token-kind.js';

/** One row per kind of algorithm, each in a file of its own. A kind without a row does not compile. */
const kinds: { readonly [Kind in AlgorithmKind]: TokenKind<Kind> } = {
  rsa,
  ec,
  ed,
  aes,
  hmac,
  'ml-dsa': mlDsa,
  'slh-dsa': slhDsa,
  'ml-kem': mlKem,
};

export const allKinds: readonly SomeKind[] = Object.values(kinds);

export const kindOf = ({ kind }: { readonly kind: AlgorithmKind }): SomeKind => kinds[kind];

/** @throws Error for an algorithm that keys of this kind do not serve */
export const useOf = (shape: { readonly kind: AlgorithmKind }, alg: Alg): TokenUse => {
  const use = kindOf(shape).uses[alg];
  if (!use) throw new Error(`keys of kind ${shape.kind} are not used with ${alg}`);
  return use;
};

/** CKA_CLASS of the object that stays in the token. */
export const objectClassOf = (shape: {
  readonly kind: AlgorithmKind;
}): typeof objectClass.private | typeof objectClass.secret =>
  kindOf(shape).pair ? objectClass.private : objectClass.secret;
