import { rowPer, slhDsaSets } from '@ankasecure/algorithm';
import { keyType } from '../cryptoki/attribute.js';
import { ckm, mechanismFlag } from '../cryptoki/mechanism.js';
import { postQuantumPair } from './parameter-set.js';
import { signatureTest } from './self-test.js';
import type { TokenKind, TokenUse } from './token-kind.js';

const signs: TokenUse = {
  need: () => ({ mechanism: ckm.SLH_DSA, flags: mechanismFlag.sign }),
  selfTest: signatureTest({}),
};

export const slhDsa = {
  ...postQuantumPair,
  keyType: keyType.slhDsa,
  generation: ckm.SLH_DSA_KEY_PAIR_GEN,
  slowToMake: true,
  /** A signature of a small set takes up to seconds, so no start waits for these tests. */
  longTestFromBits: 0,
  mechanisms: () => [ckm.SLH_DSA],
  uses: rowPer(slhDsaSets, () => signs),
} as const satisfies TokenKind<'slh-dsa'>;
