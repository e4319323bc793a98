import { createHmac, randomBytes } from 'node:crypto';
import type { Hash } from '@ankasecure/algorithm';
import { keyType } from '../cryptoki/attribute.js';
import { ckm, hashMechanisms, mechanismFlag } from '../cryptoki/mechanism.js';
import { signatureVariant } from '../job/job.js';
import { signWith } from '../use/sign.js';
import { check, type SelfTest } from './self-test.js';
import type { TokenKind, TokenUse } from './token-kind.js';

const hashes: Readonly<Record<number, Hash>> = { 256: 'sha256', 384: 'sha384', 512: 'sha512' };

/** A key that is made here has the size of its hash, and an imported one at least that. */
export const hashOf = (bits: number): Hash => {
  const hash = hashes[bits];
  if (!hash) throw new Error(`no hash of ${bits} bits`);
  return hash;
};

const macsAsNode: SelfTest = (session, { key, value }, { variant, hash }) => {
  const message = randomBytes(40);
  const made = signWith(session, key, variant, message);
  const expected =
    value && hash ? createHmac(hash, value).update(message).digest() : signWith(session, key, variant, message);
  check(made.equals(expected), 'the MAC differs');
};

const mac = (hash: Hash): TokenUse => ({
  need: () => ({ mechanism: hashMechanisms[hash].hmac, flags: mechanismFlag.sign }),
  selfTest: macsAsNode,
});

export const hmac = {
  keyType: keyType.generic,
  generation: ckm.GENERIC_SECRET_KEY_GEN,
  pair: false,
  slowToMake: false,
  longTestFromBits: null,
  listedInBits: false,
  mechanisms: ({ bits }) => [hashMechanisms[hashOf(bits)].hmac],
  neededToTry: () => [],
  uses: { HS256: mac('sha256'), HS384: mac('sha384'), HS512: mac('sha512') },
  trialShape: (shape) => shape,
  tryOut: (session, key, { bits }) => {
    signWith(session, key, signatureVariant('hmac', hashOf(bits)), randomBytes(32));
  },
} as const satisfies TokenKind<'hmac'>;
