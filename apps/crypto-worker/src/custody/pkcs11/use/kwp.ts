import type { Handle } from 'pkcs11js';
import type { TokenSession } from '../session/token-session.js';

/** The mechanism under KEKs: AES key wrap with padding, by this token's number for it. */
export const kekMechanism = (session: TokenSession): { mechanism: number } => {
  const [mechanism] = session.profile.kekWrap;
  if (mechanism === undefined) throw new Error('the token does not support AES key wrap with padding');
  return { mechanism };
};

export const wrapWith = (session: TokenSession, kek: Handle, key: Handle): Buffer => {
  session.begin('C_WrapKey', 'produce');
  const output = session.output(16 * 1024);
  return Buffer.from(session.p11.C_WrapKey(session.session, kekMechanism(session), kek, key, output));
};
