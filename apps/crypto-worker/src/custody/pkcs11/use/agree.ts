import type { Handle } from 'pkcs11js';
import { cka, objectClass, passingSecret } from '../cryptoki/attribute.js';
import { ckm, noKdf, params } from '../cryptoki/mechanism.js';
import type { TokenSession } from '../session/token-session.js';

/** @param size of Z in bytes: the size of the curve's field */
export const agreeWith = (session: TokenSession, key: Handle, peer: Buffer, size: number): Buffer => {
  const parameter = { type: params.ecdh, kdf: noKdf, publicData: peer };
  const template = session.template(passingSecret([{ type: cka.VALUE_LEN, value: size }]));
  session.begin('C_DeriveKey', 'caller-data');
  const derived = session.p11.C_DeriveKey(session.session, { mechanism: ckm.ECDH1_DERIVE, parameter }, key, template);
  const z = session.attribute(derived, cka.VALUE);
  session.destroyObject(derived);
  if (z.length === size) return z;
  const padded = Buffer.alloc(size);
  z.copy(padded, size - z.length);
  z.fill(0);
  return padded;
};

/** `variant` is the size of Z in bytes. */
export const agree = (session: TokenSession, variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [id, peer] = parts as [Buffer, Buffer];
  return [agreeWith(session, session.key(objectClass.private, id), peer, variant)];
};
