import { hash } from 'node:crypto';

/** The details of an event that brings a public key in: the SHA-256 of its SubjectPublicKeyInfo (RFC 7469 §2.4 pins it so). */
export const publicKeyDetails = (spki: Uint8Array): Readonly<Record<string, string>> => ({
  publicKeySha256: hash('sha256', spki, 'base64url'),
});
