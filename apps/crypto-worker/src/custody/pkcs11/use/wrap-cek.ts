import type { Handle } from 'pkcs11js';
import { type Attribute, cka, objectClass, passingSecret } from '../cryptoki/attribute.js';
import type { TokenSession } from '../session/token-session.js';

/** AES key wrap for content keys, by this token's number for it. */
const cekMechanism = ({ profile }: TokenSession): { mechanism: number } => {
  const [mechanism] = profile.cekWrap;
  if (mechanism === undefined) throw new Error('the token does not support AES key wrap');
  return { mechanism };
};

/** RFC 3394 adds eight bytes. */
const lengthOf = ({ profile }: TokenSession, wrapped: Buffer): readonly Attribute[] =>
  profile.cekLength === 'template' ? [{ type: cka.VALUE_LEN, value: wrapped.length - 8 }] : [];

export const wrapCekWith = (session: TokenSession, key: Handle, cek: Buffer): Buffer => {
  session.begin('C_CreateObject', 'create');
  const passing = session.p11.C_CreateObject(
    session.session,
    session.template(passingSecret([{ type: cka.VALUE, value: cek }])),
  );
  session.begin('C_WrapKey', 'produce');
  const wrapped = Buffer.from(
    session.p11.C_WrapKey(session.session, cekMechanism(session), key, passing, session.output(1024)),
  );
  session.destroyObject(passing);
  return wrapped;
};

export const unwrapCekWith = (session: TokenSession, key: Handle, wrapped: Buffer): Buffer => {
  const template = session.template(passingSecret(lengthOf(session, wrapped)));
  session.begin('C_UnwrapKey', 'caller-data');
  const passing = session.p11.C_UnwrapKey(session.session, cekMechanism(session), key, wrapped, template);
  const cek = session.attribute(passing, cka.VALUE);
  session.destroyObject(passing);
  return cek;
};

export const wrapCek = (session: TokenSession, _variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [id, cek] = parts as [Buffer, Buffer];
  return [wrapCekWith(session, session.key(objectClass.secret, id), cek)];
};

export const unwrapCek = (session: TokenSession, _variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [id, wrapped] = parts as [Buffer, Buffer];
  return [unwrapCekWith(session, session.key(objectClass.secret, id), wrapped)];
};
