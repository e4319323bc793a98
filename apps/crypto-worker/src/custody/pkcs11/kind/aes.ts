import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Handle } from 'pkcs11js';
import { keyType } from '../cryptoki/attribute.js';
import { ckm, mechanismFlag } from '../cryptoki/mechanism.js';
import { signatureVariant } from '../job/job.js';
import type { KeyShape } from '../job/key-shape.js';
import type { Profile } from '../profile/profile.js';
import type { TokenSession } from '../session/token-session.js';
import { isJweIv, ivBytes, openGcmWith, sealGcmWith } from '../use/gcm.js';
import { signWith } from '../use/sign.js';
import { unwrapCekWith, wrapCekWith } from '../use/wrap-cek.js';
import { check, Mismatch, type SelfTest } from './self-test.js';
import type { TokenKind, TokenUse } from './token-kind.js';

const { decrypt, encrypt, unwrap, wrap } = mechanismFlag;

const wrapsAndUnwraps: SelfTest = (session, { key, value }) => {
  const cek = randomBytes(32);
  const wrapped = wrapCekWith(session, key, cek);
  if (value) {
    const decipher = createDecipheriv(`id-aes${value.length * 8}-wrap`, value, Buffer.alloc(8, 0xa6));
    check(Buffer.concat([decipher.update(wrapped), decipher.final()]).equals(cek), 'the wrapped key differs');
  }
  check(unwrapCekWith(session, key, wrapped).equals(cek), 'the unwrapped key differs');
};

const wrongIv = (bytes: number): string => `the token’s IV has ${bytes} bytes, that of a JWE ${ivBytes}`;

const sealsAndOpens: SelfTest = (session, { key, value }) => {
  const aad = randomBytes(20);
  const plaintext = randomBytes(40);
  const [iv, ciphertext, tag] = sealGcmWith(session, key, aad, plaintext);
  check(isJweIv(iv), wrongIv(iv.length));
  // We hand a token that chooses the IV one of zeros. If it uses that, every message of a key has the same IV.
  check(
    iv.some((byte) => byte !== 0),
    'the token writes no IV back',
  );
  if (value) {
    const cipher = createCipheriv(`aes-${value.length === 16 ? 128 : 256}-gcm`, value, iv).setAAD(aad);
    const expected = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    check(expected.equals(ciphertext) && cipher.getAuthTag().equals(tag), 'the ciphertext differs');
  }
  check(openGcmWith(session, key, { iv, ciphertext, tag, aad }).equals(plaintext), 'the plaintext differs');
};

const macShape: KeyShape = { kind: 'hmac', bits: 256, purpose: 'mac', alg: null };

/** The unwrapped key cannot be read. The test compares its results with those of its known value. */
const unwrapsKeys: SelfTest = (session, { shape, value, unwrap: unwrapBlob }) => {
  const secret = randomBytes(32);
  if (!value) throw new Mismatch('no value');
  const cipher = createCipheriv(`id-aes${shape.bits}-wrap-pad`, value, Buffer.from('a65959a6', 'hex'));
  const blob = Buffer.concat([cipher.update(secret), cipher.final()]);
  const unwrapped = unwrapBlob(blob, macShape);
  const made = signWith(session, unwrapped, signatureVariant('hmac', 'sha256'), blob);
  check(made.equals(createHmac('sha256', secret).update(blob).digest()), 'the unwrapped key differs');
  session.destroyObject(unwrapped);
};

/** Keys that wrap or unwrap other keys under AES key wrap with padding. */
const keyWrappers: readonly KeyShape['purpose'][] = ['kek', 'transport', 'wrap'];
const sealers: readonly KeyShape['purpose'][] = ['seal', 'canary'];

const mechanisms = ({ purpose, alg }: KeyShape, { kekWrap, gcm, cekWrap }: Profile): readonly number[] => {
  if (keyWrappers.includes(purpose)) return kekWrap;
  return sealers.includes(purpose) || alg === 'dir' ? [gcm.mechanism] : cekWrap.slice(0, 1);
};

const keyWrap: TokenUse = {
  need: ({ cekWrap }) => ({ mechanism: cekWrap[0], flags: wrap | unwrap }),
  selfTest: wrapsAndUnwraps,
};

const tryOut = (session: TokenSession, key: Handle, { alg }: KeyShape): void => {
  if (alg === 'dir') sealGcmWith(session, key, Buffer.of(), randomBytes(16));
  else wrapCekWith(session, key, randomBytes(32));
};

export const aes = {
  keyType: keyType.aes,
  generation: ckm.AES_KEY_GEN,
  pair: false,
  slowToMake: false,
  longTestFromBits: null,
  listedInBits: false,
  mechanisms,
  neededToTry: ({ purpose }, { cekWrap }) => (purpose === 'wrap' ? [{ mechanism: cekWrap[0], flags: wrap }] : []),
  uses: {
    A128KW: keyWrap,
    A256KW: keyWrap,
    dir: {
      need: ({ gcm }) => ({
        mechanism: gcm.mechanism,
        flags: encrypt | decrypt,
        ...(gcm.ivBytes !== ivBytes && { lacks: wrongIv(gcm.ivBytes) }),
      }),
      selfTest: sealsAndOpens,
    },
    'AES-KWP': { need: ({ kekWrap }) => ({ mechanism: kekWrap[0], flags: unwrap }), selfTest: unwrapsKeys },
  },
  /** A key for `wrap` has nothing to unwrap yet, so it wraps a content encryption key instead. */
  trialShape: (shape) =>
    shape.purpose === 'wrap' ? { ...shape, purpose: 'encrypt', alg: shape.bits === 128 ? 'A128KW' : 'A256KW' } : shape,
  tryOut,
} as const satisfies TokenKind<'aes'>;
