import { createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Handle } from 'pkcs11js';
import { type Attribute, cka, keyType, objectClass } from '../cryptoki/attribute.js';
import { signatureVariant } from '../job/job.js';
import type { TokenSession } from '../session/token-session.js';
import { kekMechanism, wrapWith } from '../use/kwp.js';
import { signWith } from '../use/sign.js';

const passingObject = (kind: number, more: readonly Attribute[]): readonly Attribute[] => [
  { type: cka.CLASS, value: objectClass.secret },
  { type: cka.KEY_TYPE, value: kind },
  { type: cka.TOKEN, value: false },
  { type: cka.PRIVATE, value: true },
  { type: cka.SENSITIVE, value: true },
  ...more,
];

/** RFC 5649, with a key that is known here. */
const openedBy = (key: Buffer, wrapped: Buffer): Buffer => {
  const decipher = createDecipheriv('id-aes256-wrap-pad', key, Buffer.from('a65959a6', 'hex'));
  return Buffer.concat([decipher.update(wrapped), decipher.final()]);
};

/** Wraps an object under a key that only this call knows, and opens it. */
const wrappedOut = (session: TokenSession, object: Handle): Buffer => {
  const secret = randomBytes(32);
  const attributes = passingObject(keyType.aes, [
    { type: cka.EXTRACTABLE, value: false },
    { type: cka.WRAP, value: true },
    { type: cka.VALUE, value: secret },
  ]);
  session.begin('C_CreateObject', 'create');
  const key = session.p11.C_CreateObject(session.session, session.template(attributes));
  const wrapped = wrapWith(session, key, object);
  session.destroyObject(key);
  try {
    return openedBy(secret, wrapped);
  } finally {
    secret.fill(0);
  }
};

/** SoftHSM fills secrets with up to seven zeros when it wraps them. A MAC under the secret tells where it ends. */
const withoutFilling = (filled: Buffer, message: Buffer, mac: Buffer): Buffer => {
  for (let end = filled.length; end > filled.length - 8; end--) {
    const candidate = filled.subarray(0, end);
    if (createHmac('sha256', candidate).update(message).digest().equals(mac)) return candidate;
    if (filled[end - 1] !== 0) break;
  }
  throw new Error('the wrapped material differs from the unwrapped');
};

/**
 * Reads what `wrapper` unwraps. Only for tokens that do not check what they unwrap (`Profile.importCheck`): the material is
 * outside the token while it is checked. The objects that this needs end here.
 * @returns the plaintext, which is longer than a block of SHA-256. The caller wipes it.
 */
export const readMaterial = (session: TokenSession, wrapper: Handle, blob: Buffer): Buffer => {
  const attributes = passingObject(keyType.generic, [
    { type: cka.EXTRACTABLE, value: true },
    { type: cka.SIGN, value: true },
  ]);
  const template = session.template(attributes);
  session.begin('C_UnwrapKey', 'caller-data');
  const object = session.p11.C_UnwrapKey(session.session, kekMechanism(session), wrapper, blob, template);
  const message = randomBytes(40);
  const mac = signWith(session, object, signatureVariant('hmac', 'sha256'), message);
  const filled = wrappedOut(session, object);
  session.destroyObject(object);
  return withoutFilling(filled, message, mac);
};
