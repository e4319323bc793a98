import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import type { Handle } from 'pkcs11js';
import { cka, keyType } from '../cryptoki/attribute.js';
import { ckm, mechanismFlag } from '../cryptoki/mechanism.js';
import { signatureVariant } from '../job/job.js';
import type { KeyShape } from '../job/key-shape.js';
import { trialPlace } from '../job/placement.js';
import type { Profile } from '../profile/profile.js';
import { BadMaterial } from '../session/bad-material.js';
import { passing } from '../session/passing.js';
import type { TokenSession } from '../session/token-session.js';
import { decryptOaepWith } from '../use/decrypt-oaep.js';
import { check, proves, publicHalfOf, publicKeyOf, type SelfTest, signatureTest } from './self-test.js';
import { rsaSpki } from './spki.js';
import type { TokenKind, TokenUse, UnwrapAs } from './token-kind.js';

const { RSA_PKCS1_OAEP_PADDING, RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_DIGEST } = constants;
const saltLength = RSA_PSS_SALTLEN_DIGEST;

const pkcs1: TokenUse = {
  need: () => ({ mechanism: ckm.RSA_PKCS, flags: mechanismFlag.sign }),
  selfTest: signatureTest({ padding: RSA_PKCS1_PADDING, saltLength }),
};
const pss: TokenUse = {
  need: () => ({ mechanism: ckm.RSA_PKCS_PSS, flags: mechanismFlag.sign }),
  selfTest: signatureTest({ padding: RSA_PKCS1_PSS_PADDING, saltLength }),
};

const opensWhatNodeSealed: SelfTest = (session, subject) => {
  const cek = randomBytes(32);
  const key = publicHalfOf(subject);
  const sealed = publicEncrypt({ key, padding: RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, cek);
  check(decryptOaepWith(session, subject.key, sealed).equals(cek), 'the plaintext differs');
};

const oaepMechanism = ({ oaep }: Profile): number => (oaep === 'token' ? ckm.RSA_PKCS_OAEP : ckm.RSA_X_509);

const mechanisms = ({ purpose }: KeyShape, profile: Profile): readonly number[] => {
  if (purpose === 'import') return [ckm.RSA_PKCS_OAEP];
  return purpose === 'sign' ? [ckm.RSA_PKCS, ckm.RSA_PKCS_PSS] : [oaepMechanism(profile)];
};

const spki = (session: TokenSession, key: Handle): Buffer =>
  rsaSpki(session.attribute(key, cka.MODULUS), session.attribute(key, cka.PUBLIC_EXPONENT));

const prove = (session: TokenSession, shape: KeyShape, unwrapAs: UnwrapAs): Buffer => {
  const key = unwrapAs({ ...shape, purpose: 'sign', alg: null }, trialPlace());
  return passing(session, key, () => {
    const found = spki(session, key);
    const publicKey = publicKeyOf(found);
    const { modulusLength, publicExponent = 0n } = publicKey.asymmetricKeyDetails ?? {};
    if (modulusLength !== shape.bits) throw new BadMaterial('modulus');
    // FIPS 186-5 §5.4: odd, and greater than 2^16.
    if (publicExponent < 65_537n || publicExponent % 2n === 0n) throw new BadMaterial('exponent');
    if (!proves(session, key, signatureVariant('rsa-pkcs1', 'sha256'), publicKey)) throw new BadMaterial('use');
    return found;
  });
};

export const rsa = {
  keyType: keyType.rsa,
  generation: ckm.RSA_PKCS_KEY_PAIR_GEN,
  pair: true,
  slowToMake: true,
  longTestFromBits: 3072,
  listedInBits: true,
  mechanisms,
  neededToTry: () => [{ mechanism: ckm.RSA_PKCS, flags: mechanismFlag.sign }],
  uses: {
    RS256: pkcs1,
    RS384: pkcs1,
    RS512: pkcs1,
    PS256: pss,
    PS384: pss,
    PS512: pss,
    'RSA-OAEP-256': {
      need: (profile) => ({ mechanism: oaepMechanism(profile), flags: mechanismFlag.decrypt }),
      selfTest: opensWhatNodeSealed,
    },
  },
  domainParameters: ({ bits }) => [
    { type: cka.MODULUS_BITS, value: bits },
    { type: cka.PUBLIC_EXPONENT, value: Buffer.from([1, 0, 1]) },
  ],
  spki: (session, _shape, publicKey) => spki(session, publicKey),
  prove,
} as const satisfies TokenKind<'rsa'>;
