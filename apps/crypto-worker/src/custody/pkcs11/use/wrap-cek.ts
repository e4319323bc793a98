import type { Handle } from 'pkcs11js';
import { cka, objectClass, passingSecret } from '../cryptoki/attribute.js';
import type { TokenSession } from '../session/token-session.js';

export const wrapCekWith = (session: TokenSession, key: Handle, cek: Buffer): Buffer => {
  session.begin('C_CreateObject', 'create');
  const passing = session.p11.C_CreateObject(
    session.session,
    session.template(passingSecret([{ type: cka.VALUE, value: cek }])),
  );
  session.begin('C_WrapKey', 'produce');
  const mechanism = { mechanism: session.profile.cekWrap };
  const wrapped = Buffer.from(session.p11.C_WrapKey(session.session, mechanism, key, passing, session.output(1024)));
  session.destroyObject(passing);
  return wrapped;
};

export const unwrapCekWith = (session: TokenSession, key: Handle, wrapped: Buffer): Buffer => {
  session.begin('C_UnwrapKey', 'caller-data');
  const mechanism = { mechanism: session.profile.cekWrap };
  const passing = session.p11.C_UnwrapKey(session.session, mechanism, key, wrapped, session.template(passingSecret()));
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
