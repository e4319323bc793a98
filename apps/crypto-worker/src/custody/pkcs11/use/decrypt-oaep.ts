import type { Handle, Mechanism, RsaOAEP } from 'pkcs11js';
import { objectClass } from '../cryptoki/attribute.js';
import { ckm, params } from '../cryptoki/mechanism.js';
import type { Profile } from '../profile/profile.js';
import { BadData, type TokenSession } from '../session/token-session.js';
import { unpadOaep } from './oaep.js';

/** CKZ_DATA_SPECIFIED with an empty label. */
const oaepSha256: RsaOAEP = { type: params.rsaOaep, hashAlg: ckm.SHA256, mgf: 2, source: 1 };

const mechanisms: Readonly<Record<Profile['oaep'], Mechanism>> = {
  token: { mechanism: ckm.RSA_PKCS_OAEP, parameter: oaepSha256 },
  'raw-then-unpad': { mechanism: ckm.RSA_X_509 },
};

export const decryptOaepWith = (session: TokenSession, key: Handle, ciphertext: Buffer): Buffer => {
  const how = session.profile.oaep;
  session.begin('C_DecryptInit', 'key-init');
  session.p11.C_DecryptInit(session.session, mechanisms[how], key);
  session.begin('C_Decrypt', 'caller-data');
  const block = session.p11.C_Decrypt(session.session, ciphertext, session.output(ciphertext.length));
  const message = how === 'token' ? Buffer.from(block) : unpadOaep(block, ciphertext.length);
  block.fill(0);
  if (!message) throw new BadData('OAEP');
  return Buffer.from(message.buffer, message.byteOffset, message.byteLength);
};

export const decryptOaep = (session: TokenSession, _variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [id, ciphertext] = parts as [Buffer, Buffer];
  return [decryptOaepWith(session, session.key(objectClass.private, id), ciphertext)];
};
