import type { Alg, JweAlg, JwsAlg, ParameterSet, Purpose } from './alg.js';
import { hpkeAlgsOf } from './hpke.js';
import { type AlgOf, type AlgorithmKind, algorithmKinds, type PurposeAlgs } from './kind.js';
import {
  mlDsaSets,
  mlDsaSizes,
  mlKemJweAlg,
  mlKemSets,
  mlKemSizes,
  rowPer,
  type SetSizes,
  slhDsaSets,
  slhDsaSizes,
} from './parameter-set.js';

export interface Algorithm {
  readonly kind: AlgorithmKind;
  /** Modulus, curve or key size in bits; of post-quantum keys, the size of the public key. */
  readonly bits: number;
  /** What distinguishes post-quantum algorithms of one kind. */
  readonly parameterSet?: ParameterSet;
  /** Security strength in bits, SP 800-57 part 1 r5, table 2, or by the category of a post-quantum parameter set. */
  readonly strength: number;
  readonly quantumSafe: boolean;
  readonly purposes: PurposeAlgs;
}

const rsa = (bits: number, strength: number): Algorithm => ({
  kind: 'rsa',
  bits,
  strength,
  quantumSafe: false,
  purposes: algorithmKinds.rsa,
});

const ec = (bits: number, strength: number, alg: AlgOf<'ec'> & JwsAlg): Algorithm => ({
  kind: 'ec',
  bits,
  strength,
  quantumSafe: false,
  purposes: { sign: [alg], encrypt: algorithmKinds.ec.encrypt },
});

const aes = (bits: 128 | 256, algs: readonly (AlgOf<'aes'> & JweAlg)[]): Algorithm => ({
  kind: 'aes',
  bits,
  strength: bits,
  quantumSafe: bits === 256,
  purposes: { encrypt: algs, wrap: algorithmKinds.aes.wrap },
});

const hmac = (bits: number, alg: AlgOf<'hmac'>): Algorithm => ({
  kind: 'hmac',
  bits,
  strength: bits,
  quantumSafe: true,
  purposes: { mac: [alg] },
});

const postQuantum = (
  kind: 'ml-dsa' | 'slh-dsa' | 'ml-kem',
  parameterSet: ParameterSet,
  { strength, publicKeyBytes }: SetSizes,
  purposes: PurposeAlgs,
): Algorithm => ({ kind, bits: 8 * publicKeyBytes, parameterSet, strength, quantumSafe: true, purposes });

const mlDsa = rowPer(mlDsaSets, (set) => postQuantum('ml-dsa', set, mlDsaSizes[set], { sign: [set] }));
const slhDsa = rowPer(slhDsaSets, (set) => postQuantum('slh-dsa', set, slhDsaSizes[set], { sign: [set] }));
const mlKem = rowPer(mlKemSets, (set) =>
  postQuantum('ml-kem', set, mlKemSizes[set], { encrypt: [mlKemJweAlg(set), ...hpkeAlgsOf(set)], encapsulate: [set] }),
);

/** Every algorithm that a key can have. A new algorithm of a known kind is a new row here and nothing else. */
export const algorithms = {
  'RSA-2048': rsa(2048, 112),
  'RSA-3072': rsa(3072, 128),
  'RSA-4096': rsa(4096, 152),
  'EC-P256': ec(256, 128, 'ES256'),
  'EC-P384': ec(384, 192, 'ES384'),
  'EC-P521': ec(521, 256, 'ES512'),
  Ed25519: {
    kind: 'ed',
    bits: 255,
    strength: 128,
    quantumSafe: false,
    purposes: algorithmKinds.ed,
  },
  'AES-128': aes(128, ['A128KW']),
  'AES-256': aes(256, ['A256KW', 'dir']),
  'HMAC-SHA256': hmac(256, 'HS256'),
  'HMAC-SHA384': hmac(384, 'HS384'),
  'HMAC-SHA512': hmac(512, 'HS512'),
  ...mlDsa,
  ...slhDsa,
  ...mlKem,
} as const satisfies Record<string, Algorithm>;

export type AlgorithmName = keyof typeof algorithms;

export const algorithmNames = Object.keys(algorithms) as readonly AlgorithmName[];

/** The row of `name`, widened to the common shape. */
export const algorithmOf = (name: AlgorithmName): Algorithm => algorithms[name];

/** The purpose of a key of `name` when its creator names none: the first in its row. */
export const defaultPurpose = (name: AlgorithmName): Purpose => Object.keys(algorithms[name].purposes)[0] as Purpose;

/**
 * The algorithms that a key of `name` and `purpose` may be used with, best first, by their JOSE names where JOSE has one. Empty when
 * the pair does not exist.
 */
export const joseAlgs = (name: AlgorithmName, purpose: Purpose): readonly Alg[] =>
  algorithmOf(name).purposes[purpose] ?? [];

/** The highest strength that SP 800-57 part 1 r5 §5.6.1.1, table 2, distinguishes. */
const mostStrength = 256;

/** Whether a key of `wrapping` may wrap one of `name`: it must not be the weaker of the two (SP 800-57 part 1 r5 §5.6.2). */
export const mayWrap = (wrapping: AlgorithmName, name: AlgorithmName): boolean =>
  algorithmOf(wrapping).strength >= Math.min(mostStrength, algorithmOf(name).strength);
