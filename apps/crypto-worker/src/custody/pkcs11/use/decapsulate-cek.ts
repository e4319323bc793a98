import type { Handle } from 'pkcs11js';
import { cka, keyType, objectClass, type PlainAttribute } from '../cryptoki/attribute.js';
import { ckm } from '../cryptoki/mechanism.js';
import { passing } from '../session/passing.js';
import type { TokenSession } from '../session/token-session.js';
import { unwrapCekWith } from './wrap-cek.js';

/**
 * The shared secret as an AES-256 key of the session, which unwraps and does nothing else. It cannot be read or taken out.
 * SP 800-227 §4.4 lets the secret of ML-KEM be used as a key as it is, so no key derivation is needed.
 */
const sharedSecret: readonly PlainAttribute[] = [
  { type: cka.CLASS, value: objectClass.secret },
  { type: cka.KEY_TYPE, value: keyType.aes },
  { type: cka.TOKEN, value: false },
  { type: cka.PRIVATE, value: true },
  { type: cka.SENSITIVE, value: true },
  { type: cka.EXTRACTABLE, value: false },
  { type: cka.UNWRAP, value: true },
  ...[cka.WRAP, cka.ENCRYPT, cka.DECRYPT, cka.SIGN, cka.VERIFY, cka.DERIVE].map((type) => ({ type, value: false })),
  { type: cka.VALUE_LEN, value: 32 },
];

export const decapsulateCekWith = (session: TokenSession, key: Handle, ciphertext: Buffer, wrapped: Buffer): Buffer => {
  const { session: handle, kem } = session;
  session.begin('C_DecapsulateKey', 'caller-data');
  const secret = kem.decapsulate({ session: handle, mechanism: ckm.ML_KEM, key, template: sharedSecret, ciphertext });
  return passing(session, secret, () => unwrapCekWith(session, secret, wrapped));
};

export const decapsulateCek = (
  session: TokenSession,
  _variant: number,
  parts: readonly Buffer[],
): readonly Buffer[] => {
  const [id, ciphertext, wrapped] = parts as [Buffer, Buffer, Buffer];
  return [decapsulateCekWith(session, session.key(objectClass.private, id), ciphertext, wrapped)];
};
