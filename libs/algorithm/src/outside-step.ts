import type { Alg } from './alg.js';
import { rowPerHpke } from './hpke.js';
import { mlDsaSets, mlKemJweAlg, mlKemSets, rowPer, slhDsaSets } from './parameter-set.js';

/** A step that a worker does outside the HSM. */
export interface OutsideStep {
  readonly detail: string;
  /**
   * The source of the rule by which FIPS-only refuses the step, or null if FIPS-only only names it. Refused are steps with a
   * secret of a key in the HSM, and steps that the standards want inside the module because its key depends on them.
   */
  readonly refusedBy: string | null;
  /** Why CNSA 2.0 does not allow the step, with the source. Absent: the step is no algorithm of its own. */
  readonly notInCnsa?: { readonly detail: string; readonly source: string };
}

const inModule = 'FIPS 140-3 §7.9 (sensitive security parameters stay in the module or leave it wrapped)';

/** Every step that some algorithm or token leaves to the worker. */
export const outsideStepTable = {
  'oaep-unpadding': {
    detail:
      'This development token does not support RSA-OAEP with SHA-256. The token performs the private key operation and the worker removes the padding.',
    refusedBy: inModule,
  },
  'import-check': {
    detail:
      'This development token does not check the keys that it unwraps. The worker reads an imported private key, checks it, and forgets it.',
    refusedBy: inModule,
  },
  'ephemeral-key': {
    detail: 'The worker generates the ephemeral key pair of ECDH-ES.',
    refusedBy: inModule,
  },
  'shared-secret-derivation': {
    detail: 'The worker derives the key-encryption key of ECDH-ES from the shared secret, which the token computes.',
    refusedBy: 'SP 800-56C r2 §4 (the derivation is a part of the key agreement)',
  },
  'content-key-wrap': {
    detail: 'The worker wraps and unwraps the content key with the derived key.',
    refusedBy: inModule,
  },
  'random-iv': {
    detail: 'This token takes the IV of AES-GCM from the worker, which generates it at random.',
    refusedBy: 'FIPS 140-3 IG C.H (the module generates the IVs of its AES-GCM keys)',
  },
  'content-encryption': {
    detail:
      'The worker encrypts and decrypts the content with a content key. A key in the HSM protects the content key.',
    refusedBy: null,
  },
  'content-randomness': {
    detail: 'The worker generates the content key and its IV at random.',
    refusedBy: null,
  },
  'public-key-encryption': {
    detail: 'The worker encrypts the content key with the public key.',
    refusedBy: null,
  },
  encapsulation: {
    detail:
      'The worker encapsulates a secret to the public key and wraps the content key with it. Decapsulation and unwrapping run in the HSM.',
    refusedBy: null,
  },
  'hpke-key-schedule': {
    detail:
      'Experimental, by a draft. The shared secret leaves the HSM for the worker, which derives the key of HPKE from it with SHAKE256.',
    refusedBy: 'SP 800-56C r2 §4 (SHAKE256 is no approved key derivation); FIPS 140-3 §7.9',
    notInCnsa: {
      detail: 'SHAKE256, with which HPKE derives its keys, is not in CNSA 2.0',
      source: 'CNSA 2.0, table I',
    },
  },
  'public-key-encapsulation': {
    detail: 'The worker encapsulates to the public key.',
    refusedBy: null,
  },
  'shared-secret-release': {
    detail:
      'The shared secret leaves the HSM in plaintext: it is the answer. Only a policy with rawKem allows such keys.',
    refusedBy: inModule,
  },
  'data-key-release': {
    detail:
      'The data key leaves the HSM in plaintext: it is part of the answer. Only a policy with plaintextDataKeys allows that.',
    refusedBy: inModule,
  },
  'public-key-record': {
    detail:
      'This key is a public key of somebody else. It is a record that the HSM seals, and no object in the HSM. The worker verifies and encrypts with it.',
    refusedBy: null,
  },
  'message-hash': {
    detail: 'The worker hashes the message, and the token signs the hash.',
    refusedBy: null,
  },
  'signature-verification': {
    detail: 'The worker verifies signatures with the public key.',
    refusedBy: null,
  },
} as const satisfies Record<string, OutsideStep>;

export type OutsideStepName = keyof typeof outsideStepTable;

export const isOutsideStep = (name: string): name is OutsideStepName => Object.hasOwn(outsideStepTable, name);

/** The source of FIPS-only's refusal of a step, or null. A step that is not in the table is refused. */
export const refusalOfStep = (name: string): string | null =>
  isOutsideStep(name) ? outsideStepTable[name].refusedBy : inModule;

/** Why CNSA 2.0 does not allow one of the steps; undefined if it says nothing against them. */
export const cnsaRefusalOf = (steps: readonly string[]): OutsideStep['notInCnsa'] => {
  const rows: readonly OutsideStep[] = steps.filter(isOutsideStep).map((name) => outsideStepTable[name]);
  return rows.find(({ notInCnsa }) => notInCnsa !== undefined)?.notInCnsa;
};

const content = ['content-encryption', 'content-randomness'] as const;
const hashed = ['message-hash', 'signature-verification'] as const;
const whole = ['signature-verification'] as const;

/** The steps that an algorithm leaves to the worker on every token. */
export const outsideStepsOfAlg: Readonly<Record<Alg, readonly OutsideStepName[]>> = {
  'RSA-OAEP-256': ['public-key-encryption', ...content],
  'ECDH-ES+A256KW': ['ephemeral-key', 'shared-secret-derivation', 'content-key-wrap', ...content],
  A128KW: content,
  A256KW: content,
  dir: [],
  RS256: hashed,
  RS384: hashed,
  RS512: hashed,
  PS256: hashed,
  PS384: hashed,
  PS512: hashed,
  ES256: hashed,
  ES384: hashed,
  ES512: hashed,
  EdDSA: whole,
  Ed25519: whole,
  ...rowPer(mlDsaSets, () => whole),
  ...rowPer(slhDsaSets, () => whole),
  ...rowPer(mlKemSets.map(mlKemJweAlg), () => ['encapsulation', ...content] as const),
  ...rowPerHpke(() => ['hpke-key-schedule', 'content-encryption', 'content-randomness'] as const),
  ...rowPer(mlKemSets, () => ['public-key-encapsulation', 'shared-secret-release'] as const),
  HS256: [],
  HS384: [],
  HS512: [],
  'AES-KWP': [],
};

/** The steps that bringing a key in has, and no use of it. */
export const importSteps = ['import-check'] as const satisfies readonly OutsideStepName[];

/** The step of an answer that has a data key in plaintext. */
export const dataKeySteps = ['data-key-release'] as const satisfies readonly OutsideStepName[];

/** The step of every use of a public key of others (custody `public`). */
export const publicKeySteps = ['public-key-record'] as const satisfies readonly OutsideStepName[];

/** The algorithm that alone has a step which only some tokens leave to the worker. */
export const algOfStep: Readonly<Partial<Record<OutsideStepName, Alg>>> = {
  'oaep-unpadding': 'RSA-OAEP-256',
  'random-iv': 'dir',
};
