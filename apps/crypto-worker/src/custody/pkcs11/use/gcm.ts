import { randomBytes } from 'node:crypto';
import type { AesGCM, Handle, Mechanism } from 'pkcs11js';
import { objectClass } from '../cryptoki/attribute.js';
import { params } from '../cryptoki/mechanism.js';
import { addressed, type TokenSession } from '../session/token-session.js';

export const ivBytes = 12;
export const tagBytes = 16;

/**
 * The v2.40 structure with ulIvBits. The other one leaves that field uninitialised. No AAD is a NULL of length 0, which is
 * legal here.
 */
const mechanism = (session: TokenSession, iv: Buffer, aad: Buffer): Mechanism => {
  const parameter: AesGCM = { type: params.gcm, iv, ivBits: iv.length * 8, tagBits: tagBytes * 8 };
  if (aad.length > 0) parameter.aad = aad;
  return { mechanism: session.profile.gcm.mechanism, parameter };
};

const freshIv = (session: TokenSession): Buffer =>
  session.profile.gcm.ivMode === 'caller' ? randomBytes(ivBytes) : Buffer.alloc(ivBytes);

/** A256GCM has a 96-bit IV (RFC 7518 §5.3). With any other IV, no JOSE library opens the result. */
export const isJweIv = (iv: Buffer): boolean => iv.length === ivBytes;

/** @returns IV as the token used it, ciphertext, tag */
export const sealGcmWith = (
  session: TokenSession,
  key: Handle,
  aad: Buffer,
  plaintext: Buffer,
): readonly [Buffer, Buffer, Buffer] => {
  const iv = freshIv(session);
  session.begin('C_EncryptInit', 'key-init');
  session.p11.C_EncryptInit(session.session, mechanism(session, iv, aad), key);
  session.begin('C_Encrypt', 'produce');
  const sealed = session.p11.C_Encrypt(session.session, addressed(plaintext), session.output(plaintext.length + 64));
  const ciphertext = Buffer.from(sealed.subarray(0, plaintext.length));
  const tag = Buffer.from(sealed.subarray(plaintext.length, plaintext.length + tagBytes));
  if (session.profile.gcm.ivMode !== 'appended') return [iv, ciphertext, tag];
  return [Buffer.from(sealed.subarray(plaintext.length + tagBytes)), ciphertext, tag];
};

export const openGcmWith = (
  session: TokenSession,
  key: Handle,
  sealed: { iv: Buffer; ciphertext: Buffer; tag: Buffer; aad: Buffer },
): Buffer => {
  session.begin('C_DecryptInit', 'key-init');
  session.p11.C_DecryptInit(session.session, mechanism(session, sealed.iv, sealed.aad), key);
  session.begin('C_Decrypt', 'caller-data');
  const input = Buffer.concat([sealed.ciphertext, sealed.tag]);
  const opened = session.p11.C_Decrypt(session.session, input, session.output(input.length));
  const plaintext = Buffer.from(opened);
  opened.fill(0);
  return plaintext;
};

export const sealGcm = (session: TokenSession, _variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [id, aad, plaintext] = parts as [Buffer, Buffer, Buffer];
  const sealed = sealGcmWith(session, session.key(objectClass.secret, id), aad, plaintext);
  if (!isJweIv(sealed[0])) throw new Error('the token chose an IV that is not possible in a JWE');
  return sealed;
};

export const openGcm = (session: TokenSession, _variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [id, iv, ciphertext, tag, aad] = parts as [Buffer, Buffer, Buffer, Buffer, Buffer];
  return [openGcmWith(session, session.key(objectClass.secret, id), { iv, ciphertext, tag, aad })];
};
