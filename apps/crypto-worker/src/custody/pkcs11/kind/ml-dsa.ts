import { mlDsaSets, rowPer } from '@ankasecure/algorithm';
import { keyType } from '../cryptoki/attribute.js';
import { ckm, mechanismFlag } from '../cryptoki/mechanism.js';
import { postQuantumPair } from './parameter-set.js';
import { signatureTest } from './self-test.js';
import type { TokenKind, TokenUse } from './token-kind.js';

const signs: TokenUse = {
  need: () => ({ mechanism: ckm.ML_DSA, flags: mechanismFlag.sign }),
  selfTest: signatureTest({}),
};

export const mlDsa = {
  ...postQuantumPair,
  keyType: keyType.mlDsa,
  generation: ckm.ML_DSA_KEY_PAIR_GEN,
  slowToMake: false,
  longTestFromBits: null,
  mechanisms: () => [ckm.ML_DSA],
  uses: rowPer(mlDsaSets, () => signs),
} as const satisfies TokenKind<'ml-dsa'>;
