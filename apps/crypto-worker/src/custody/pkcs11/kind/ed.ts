import { cka, keyType } from '../cryptoki/attribute.js';
import { ckm, mechanismFlag } from '../cryptoki/mechanism.js';
import { BadMaterial } from '../session/bad-material.js';
import { signatureTest } from './self-test.js';
import { ed25519Spki } from './spki.js';
import type { TokenKind, TokenUse } from './token-kind.js';

const oid = Buffer.from('06032b6570', 'hex');
const printableName = Buffer.concat([Buffer.from([0x13, 12]), Buffer.from('edwards25519')]);

const eddsa: TokenUse = {
  need: () => ({ mechanism: ckm.EDDSA, flags: mechanismFlag.sign }),
  selfTest: signatureTest({}),
};

export const ed = {
  keyType: keyType.edwards,
  generation: ckm.EC_EDWARDS_KEY_PAIR_GEN,
  pair: true,
  slowToMake: false,
  longTestFromBits: null,
  listedInBits: false,
  mechanisms: () => [ckm.EDDSA],
  neededToTry: () => [],
  uses: { EdDSA: eddsa, Ed25519: eddsa },
  domainParameters: (_shape, profile) => [
    { type: cka.EC_PARAMS, value: profile.edParams === 'oid' ? oid : printableName },
  ],
  spki: (session, _shape, publicKey) => ed25519Spki(session.attribute(publicKey, cka.EC_POINT)),
  /** No token unwraps these keys, so none is ever imported. */
  prove: () => {
    throw new BadMaterial('kind');
  },
} as const satisfies TokenKind<'ed'>;
