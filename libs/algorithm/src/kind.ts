import type { Alg, JweAlg, JwsAlg, KemAlg, WrapAlg } from './alg.js';
import { hpkeAlgs } from './hpke.js';
import { mlDsaSets, mlKemJweAlg, mlKemSets, slhDsaSets } from './parameter-set.js';

/** Per purpose, the algorithms that a key may be used with; the first is the default. The first purpose is the default. */
export type PurposeAlgs = {
  readonly sign?: readonly JwsAlg[];
  readonly mac?: readonly JwsAlg[];
  readonly encrypt?: readonly JweAlg[];
  readonly wrap?: readonly WrapAlg[];
  readonly encapsulate?: readonly KemAlg[];
};

/**
 * The kinds of algorithms, and all that keys of a kind are used with. Keys of one kind have one object class, one set of templates
 * and one set of mechanisms in a token. A new kind is a new row here. The tables that need a row for it no longer compile.
 */
export const algorithmKinds = {
  rsa: { sign: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'], encrypt: ['RSA-OAEP-256'] },
  ec: { sign: ['ES256', 'ES384', 'ES512'], encrypt: ['ECDH-ES+A256KW'] },
  ed: { sign: ['EdDSA', 'Ed25519'] },
  aes: { encrypt: ['A128KW', 'A256KW', 'dir'], wrap: ['AES-KWP'] },
  hmac: { mac: ['HS256', 'HS384', 'HS512'] },
  'ml-dsa': { sign: mlDsaSets },
  'slh-dsa': { sign: slhDsaSets },
  'ml-kem': {
    encrypt: [mlKemJweAlg('ML-KEM-512'), mlKemJweAlg('ML-KEM-768'), mlKemJweAlg('ML-KEM-1024'), ...hpkeAlgs],
    encapsulate: mlKemSets,
  },
} as const satisfies Record<string, PurposeAlgs>;

type AlgorithmKinds = typeof algorithmKinds;

export type AlgorithmKind = keyof AlgorithmKinds;

type AlgsOf<Purposes> = Purposes[keyof Purposes] extends readonly (infer Used extends Alg)[] ? Used : never;

/** Everything that keys of one kind are used with. */
export type AlgOf<Kind extends AlgorithmKind> = AlgsOf<AlgorithmKinds[Kind]>;
