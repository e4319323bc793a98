import { createCipheriv, encapsulate, randomBytes } from 'node:crypto';
import { mlKemJweAlg, mlKemSets, rowPer, rowPerHpke } from '@ankasecure/algorithm';
import { keyType } from '../cryptoki/attribute.js';
import { ckm, mechanismFlag } from '../cryptoki/mechanism.js';
import { NoKem } from '../session/kem.js';
import type { TokenSession } from '../session/token-session.js';
import { decapsulateWith } from '../use/decapsulate.js';
import { decapsulateCekWith } from '../use/decapsulate-cek.js';
import { postQuantumPair } from './parameter-set.js';
import { check, Mismatch, publicHalfOf, type SelfTest } from './self-test.js';
import type { TokenKind, TokenUse } from './token-kind.js';

/** A token may list ML-KEM in a library of v2.40, which has no function for it. */
const assertKem = (session: TokenSession): void => {
  try {
    void session.kem;
  } catch (error) {
    throw error instanceof NoKem ? new Mismatch(error.message) : error;
  }
};

const opensWhatNodeSealed: SelfTest = (session, subject) => {
  assertKem(session);
  const cek = randomBytes(32);
  const { sharedKey, ciphertext } = encapsulate(publicHalfOf(subject));
  const wrapped = createCipheriv('aes256-wrap', sharedKey, Buffer.alloc(8, 0xa6)).update(cek);
  const opened = decapsulateCekWith(session, subject.key, ciphertext, wrapped);
  check(opened.equals(cek), 'the unwrapped key differs');
};

const givesTheSecret: SelfTest = (session, subject) => {
  assertKem(session);
  const { sharedKey, ciphertext } = encapsulate(publicHalfOf(subject));
  check(decapsulateWith(session, subject.key, ciphertext).equals(sharedKey), 'the shared secret differs');
};

const decapsulates = (selfTest: SelfTest): TokenUse => ({
  need: () => ({ mechanism: ckm.ML_KEM, flags: mechanismFlag.decapsulate }),
  selfTest,
});

export const mlKem = {
  ...postQuantumPair,
  keyType: keyType.mlKem,
  generation: ckm.ML_KEM_KEY_PAIR_GEN,
  slowToMake: false,
  longTestFromBits: null,
  mechanisms: () => [ckm.ML_KEM],
  ownRights: ['DECAPSULATE'],
  uses: {
    ...rowPer(mlKemSets.map(mlKemJweAlg), () => decapsulates(opensWhatNodeSealed)),
    ...rowPerHpke(() => decapsulates(givesTheSecret)),
    ...rowPer(mlKemSets, () => decapsulates(givesTheSecret)),
  },
} as const satisfies TokenKind<'ml-kem'>;
