import type { ParameterSet } from '@ankasecure/algorithm';
import type { Handle } from 'pkcs11js';
import { type Attribute, cka } from '../cryptoki/attribute.js';
import { parameterSets } from '../cryptoki/post-quantum.js';
import type { KeyShape } from '../job/key-shape.js';
import { BadMaterial } from '../session/bad-material.js';
import type { TokenSession } from '../session/token-session.js';
import { postQuantumSpki } from './spki.js';

const setOf = ({ kind, set }: KeyShape): ParameterSet => {
  if (!set) throw new Error(`a key of kind ${kind} must have a parameter set`);
  return set;
};

const parameterSet = (shape: KeyShape): readonly Attribute[] => [
  { type: cka.PARAMETER_SET, value: parameterSets[setOf(shape)] },
];

/** The part of its row that each kind of post-quantum pair has alike. */
export const postQuantumPair = {
  pair: true,
  listedInBits: false,
  neededToTry: () => [],
  domainParameters: parameterSet,
  /** An object of another parameter set is another key, so it is checked at each first use. */
  privateParameters: parameterSet,
  /** CKA_VALUE of the public half is the encoding of FIPS 203, 204 or 205. */
  spki: (session: TokenSession, shape: KeyShape, publicKey: Handle): Buffer =>
    postQuantumSpki(setOf(shape), session.attribute(publicKey, cka.VALUE)),
  /** No token that these kinds were tried on unwraps their keys, so none is ever imported. */
  prove: (): Buffer => {
    throw new BadMaterial('kind');
  },
} as const;
