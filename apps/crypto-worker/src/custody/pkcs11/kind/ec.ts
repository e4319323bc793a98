import { createECDH, ECDH } from 'node:crypto';
import { cka, keyType } from '../cryptoki/attribute.js';
import { ckm, mechanismFlag } from '../cryptoki/mechanism.js';
import { signatureVariant } from '../job/job.js';
import type { KeyShape } from '../job/key-shape.js';
import { trialPlace } from '../job/placement.js';
import type { Profile } from '../profile/profile.js';
import { BadMaterial } from '../session/bad-material.js';
import { passing } from '../session/passing.js';
import type { TokenSession } from '../session/token-session.js';
import { agreeWith } from '../use/agree.js';
import { curveOf, fieldBytes } from './curve.js';
import { check, proves, publicKeyOf, type SelfTest, signatureTest } from './self-test.js';
import { ecSpki } from './spki.js';
import type { Need, TokenKind, TokenUse, UnwrapAs } from './token-kind.js';

const signNeed = { mechanism: ckm.ECDSA, flags: mechanismFlag.sign } as const;
const deriveNeed = ({ plainEcdh }: Profile): Need => ({
  mechanism: ckm.ECDH1_DERIVE,
  flags: mechanismFlag.derive,
  ...(!plainEcdh && { lacks: 'the token gives no shared secret of ECDH without a key derivation function' }),
});

const ecdsa: TokenUse = { need: () => signNeed, selfTest: signatureTest({ dsaEncoding: 'ieee-p1363' }) };

const agreesWithNode: SelfTest = (session, { key, shape: { bits }, spki }) => {
  const ephemeral = createECDH(curveOf(bits).openssl);
  const size = fieldBytes(bits);
  const z = agreeWith(session, key, ephemeral.generateKeys(), size);
  const own = spki?.subarray(spki.length - 1 - 2 * size);
  check(own !== undefined && z.equals(ephemeral.computeSecret(own)), 'the shared secret differs');
};

/** @returns the x coordinate of d·G for an imported private key d: its agreement with the base point G */
const xOf = (session: TokenSession, shape: KeyShape, unwrapAs: UnwrapAs): Buffer => {
  const { openssl, oid } = curveOf(shape.bits);
  const one = createECDH(openssl);
  one.setPrivateKey(Buffer.of(1));
  const key = unwrapAs({ ...shape, purpose: 'encrypt', alg: 'ECDH-ES+A256KW' }, trialPlace());
  return passing(session, key, () => {
    if (!session.attribute(key, cka.EC_PARAMS).equals(oid)) throw new BadMaterial('curve');
    return agreeWith(session, key, one.getPublicKey(), fieldBytes(shape.bits));
  });
};

/** A private key object need not reveal its point. Of the two points with its x, the right one verifies a signature. */
const prove = (session: TokenSession, shape: KeyShape, unwrapAs: UnwrapAs): Buffer => {
  const x = xOf(session, shape, unwrapAs);
  const candidates = [2, 3].map((sign) => {
    const compressed = Buffer.concat([Buffer.of(sign), x]);
    const { openssl } = curveOf(shape.bits);
    const point = ECDH.convertKey(compressed, openssl, undefined, undefined, 'uncompressed');
    return ecSpki(shape.bits, point as Buffer);
  });
  const key = unwrapAs({ ...shape, purpose: 'sign', alg: null }, trialPlace());
  return passing(session, key, () => {
    const variant = signatureVariant('ecdsa', null);
    const found = candidates.find((spki) => proves(session, key, variant, publicKeyOf(spki)));
    if (found === undefined) throw new BadMaterial('scalar');
    return found;
  });
};

export const ec = {
  keyType: keyType.ec,
  generation: ckm.EC_KEY_PAIR_GEN,
  pair: true,
  slowToMake: false,
  longTestFromBits: null,
  listedInBits: true,
  mechanisms: ({ purpose }) => [purpose === 'sign' ? ckm.ECDSA : ckm.ECDH1_DERIVE],
  neededToTry: (_shape, profile) => [deriveNeed(profile), signNeed],
  uses: {
    ES256: ecdsa,
    ES384: ecdsa,
    ES512: ecdsa,
    'ECDH-ES+A256KW': { need: deriveNeed, selfTest: agreesWithNode },
  },
  domainParameters: ({ bits }) => [{ type: cka.EC_PARAMS, value: curveOf(bits).oid }],
  spki: (session, { bits }, publicKey) => ecSpki(bits, session.attribute(publicKey, cka.EC_POINT)),
  prove,
} as const satisfies TokenKind<'ec'>;
