import { generateKeyPairSync, sign } from 'node:crypto';
import type { TlsIdentity } from './identity.js';

const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const size = body.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);

/** id-ml-dsa-65, without parameters (RFC 9881 §2). */
const algorithm = sequence(der(0x06, Buffer.from('608648016503040312', 'hex')));
const commonName = der(0x06, Buffer.from('550403', 'hex'));
const version3 = der(0xa0, der(0x02, Buffer.from([2])));
const serial = der(0x02, Buffer.from([1]));

const utcTime = (instant: number): Buffer => {
  const digits = new Date(instant).toISOString().replaceAll(/[-:T]|\..*/g, '');
  return der(0x17, Buffer.from(`${digits.slice(2)}Z`));
};

/**
 * Creates a self-signed certificate with an ML-DSA-65 key, which the openssl command of Debian 12 cannot.
 * @param until in milliseconds since the epoch. The certificate is valid for a day before that
 */
export const makeMlDsaIdentity = (until = Date.now() + 3_600_000): TlsIdentity => {
  const { publicKey, privateKey } = generateKeyPairSync('ml-dsa-65');
  const name = sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from('post-quantum client')))));
  const validity = sequence(utcTime(until - 24 * 3_600_000), utcTime(until));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const body = sequence(version3, serial, algorithm, name, validity, name, spki);
  const signature = der(0x03, Buffer.from([0]), sign(null, body, privateKey));
  const base64 = sequence(body, algorithm, signature).toString('base64');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64.replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
};
