import { createPublicKey, hash } from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';
import { decodeSegment } from '../jose/base64url.js';
import { type Crv, curves, isCrv } from '../jose/curve.js';
import type { ProtectedHeader } from '../jose/header.js';

/** Longest `apu` and `apv`, in bytes. */
export const maxPartyInfoBytes = 256;

/** The header's members for ECDH-ES (RFC 7518 §4.6.1). */
export interface Agreement {
  readonly crv: Crv;
  /** The ephemeral key: 04‖x‖y, checked to be on the curve. */
  readonly point: Uint8Array;
  readonly apu: Uint8Array;
  readonly apv: Uint8Array;
}

const none = new Uint8Array(0);
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'] as const;

const refuse = (detail: string): never => {
  throw new AnkaError('jwe-invalid', detail);
};

const coordinate = (value: unknown, bytes: number): Buffer => {
  const decoded = typeof value === 'string' && value.length <= 2 * bytes ? decodeSegment(value) : null;
  if (decoded?.length !== bytes) return refuse(`A coordinate of epk is not canonical base64url of ${bytes} bytes.`);
  return decoded;
};

const isOnCurve = (crv: Crv, x: Buffer, y: Buffer): boolean => {
  try {
    const key = { kty: 'EC', crv, x: x.toString('base64url'), y: y.toString('base64url') };
    return createPublicKey({ key, format: 'jwk' }).asymmetricKeyDetails?.namedCurve === curves[crv].openssl;
  } catch {
    return false;
  }
};

const readEpk = (epk: unknown): Pick<Agreement, 'crv' | 'point'> => {
  if (typeof epk !== 'object' || epk === null) return refuse('The header member epk must be a JWK.');
  const jwk = epk as Record<string, unknown>;
  if (privateMembers.some((name) => Object.hasOwn(jwk, name)))
    refuse('The header member epk contains private members.');
  const crv = jwk['crv'];
  if (jwk['kty'] !== 'EC' || !isCrv(crv))
    return refuse('The header member epk must have kty EC and crv P-256, P-384 or P-521.');
  const x = coordinate(jwk['x'], curves[crv].bytes);
  const y = coordinate(jwk['y'], curves[crv].bytes);
  if (!isOnCurve(crv, x, y)) refuse('The header member epk is not a point of its curve.');
  return { crv, point: Buffer.concat([Buffer.of(4), x, y]) };
};

const partyInfo = (header: ProtectedHeader, name: 'apu' | 'apv'): Uint8Array => {
  const value = header[name];
  if (value === undefined) return none;
  const fits = typeof value === 'string' && value.length <= Math.ceil((maxPartyInfoBytes * 4) / 3);
  const decoded = fits ? decodeSegment(value) : null;
  return (
    decoded ?? refuse(`The header member ${name} is not canonical base64url of at most ${maxPartyInfoBytes} bytes.`)
  );
};

/** @throws AnkaError `jwe-invalid` */
export const readAgreement = (header: ProtectedHeader): Agreement => ({
  ...readEpk(header['epk']),
  apu: partyInfo(header, 'apu'),
  apv: partyInfo(header, 'apv'),
});

const length32 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const round = length32(1);
const algorithmId = Buffer.from('ECDH-ES+A256KW', 'latin1');
const algorithmIdLength = length32(algorithmId.length);
const suppPubInfo = length32(256);

/**
 * The 256-bit key-encryption key of ECDH-ES+A256KW: one round of the Concat KDF with SHA-256
 * (RFC 7518 §4.6.2, SP 800-56C r2 §4.1). The caller wipes `z` and the result.
 */
export const keyEncryptionKey = (z: Uint8Array, apu: Uint8Array = none, apv: Uint8Array = none): Buffer => {
  const input = Buffer.concat([
    round,
    z,
    algorithmIdLength,
    algorithmId,
    length32(apu.length),
    apu,
    length32(apv.length),
    apv,
    suppPubInfo,
  ]);
  const kek = hash('sha256', input, 'buffer');
  input.fill(0);
  return kek;
};
