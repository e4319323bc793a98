import type { JsonWebKey } from 'node:crypto';

/** DER, for keys that no library makes. */
const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const size = body.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};

const bytesOf = (value: bigint, size = 0): Buffer => {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(Math.max(2 * size, hex.length + (hex.length % 2)), '0'), 'hex');
};

const integer = (value: bigint): Buffer => {
  const bytes = bytesOf(value);
  return der(0x02, Buffer.from((bytes[0] ?? 0) >= 0x80 ? [0] : []), bytes);
};
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const octets = (bytes: Uint8Array): Buffer => der(0x04, bytes);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));

const rsaEncryption = sequence(oid('2a864886f70d010101'), der(0x05));
const ecPublicKey = oid('2a8648ce3d0201');
export const curveOids = { 'P-256': oid('2a8648ce3d030107'), 'P-384': oid('2b81040022') } as const;

const privateKeyInfo = (identifier: Buffer, key: Buffer): Buffer => sequence(integer(0n), identifier, octets(key));

/** The numbers of an RSA private key (RFC 8017 §A.1.2). */
export interface RsaNumbers {
  readonly n: bigint;
  readonly e: bigint;
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
  readonly dp: bigint;
  readonly dq: bigint;
  readonly qi: bigint;
}

export const rsaNumbersOf = (jwk: JsonWebKey): RsaNumbers => {
  const of = (name: keyof RsaNumbers): bigint =>
    BigInt(`0x${Buffer.from(String(jwk[name]), 'base64url').toString('hex')}`);
  return { n: of('n'), e: of('e'), d: of('d'), p: of('p'), q: of('q'), dp: of('dp'), dq: of('dq'), qi: of('qi') };
};

/** PKCS#8 of an RSA key with these numbers, right or wrong. */
export const rsaPkcs8 = ({ n, e, d, p, q, dp, dq, qi }: RsaNumbers): Buffer =>
  privateKeyInfo(rsaEncryption, sequence(...[0n, n, e, d, p, q, dp, dq, qi].map(integer)));

/** PKCS#8 of an EC key with this scalar, right or wrong. @param point the public point, if the key tells one */
export const ecPkcs8 = (crv: keyof typeof curveOids, scalar: bigint, point?: Uint8Array): Buffer => {
  const told = point === undefined ? [] : [der(0xa1, der(0x03, Buffer.of(0), point))];
  const key = sequence(integer(1n), octets(bytesOf(scalar, crv === 'P-256' ? 32 : 48)), ...told);
  return privateKeyInfo(sequence(ecPublicKey, curveOids[crv]), key);
};
