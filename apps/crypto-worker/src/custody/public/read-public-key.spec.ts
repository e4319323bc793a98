import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { AlgorithmName, Purpose } from '@ankasecure/algorithm';
import { AnkaError, type ImportedPublicKey, importedPublicKey } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { readPublicKey } from './read-public-key.js';

const ec = (namedCurve: string): KeyObject => generateKeyPairSync('ec', { namedCurve }).publicKey;
const rsa = (modulusLength: number, publicExponent = 65_537): KeyObject =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey;
const der = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' });
const pem = (key: KeyObject): string => key.export({ format: 'pem', type: 'spki' }).toString();
const jwk = (key: KeyObject) => key.export({ format: 'jwk' }) as Record<string, string>;
const base64url = (bytes: Buffer): string => bytes.toString('base64url');

const [p256, p384, rsa2048] = [ec('P-256'), ec('P-384'), rsa(2048)];
const ed = generateKeyPairSync('ed25519');
const { publicKey: ed25519 } = ed;

/** As the gateway and the worker do: the schema first. @returns the detail of the refusal, or null */
const refusalOf = (publicKey: unknown, algorithm: AlgorithmName, purpose: Purpose = 'sign'): string | null => {
  const checked = importedPublicKey.safeParse(publicKey);
  if (!checked.success) return checked.error.issues.map(({ message }) => message).join('; ');
  try {
    readPublicKey(checked.data, { algorithm, purpose });
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(AnkaError);
    expect((error as AnkaError).code).toBe('request-invalid');
    return (error as AnkaError).detail;
  }
};

/** A P-256 point in the short form of SEC 1 §2.3.3. */
const compressed = (key: KeyObject): Buffer => {
  const spki = der(key);
  const [x, y] = [spki.subarray(27, 59), spki.subarray(59)];
  const head = Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex');
  return Buffer.concat([head, Buffer.of(((y.at(-1) ?? 0) & 1) === 1 ? 3 : 2), x]);
};
/** A SubjectPublicKeyInfo of P-256 whose point is the point at infinity, one zero byte. */
const infinity = Buffer.from('3019301306072a8648ce3d020106082a8648ce3d03010703020000', 'hex');
const offCurve = Buffer.from(der(p256)).fill(7, 60);
const { n = '' } = jwk(rsa2048);
const evenModulus = Buffer.from(n, 'base64url').map((byte, at, all) => (at === all.length - 1 ? byte & 0xfe : byte));
/** RFC 8032 §5.1: points of order 1, 2, 4 and 8 and a y without a point (Chalkias et al., Taming the many EdDSAs, table 5). */
const smallOrder = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

describe('a public key', () => {
  it.each<[string, KeyObject, AlgorithmName, Purpose]>([
    ['P-256', p256, 'EC-P256', 'sign'],
    ['P-384', p384, 'EC-P384', 'encrypt'],
    ['P-521', ec('P-521'), 'EC-P521', 'sign'],
    ['RSA', rsa2048, 'RSA-2048', 'encrypt'],
    ['Ed25519', ed25519, 'Ed25519', 'sign'],
  ])('of %s is the same from every form', (_, key, algorithm, purpose) => {
    const forms: ImportedPublicKey[] = [
      { jwk: jwk(key) as never },
      { pem: pem(key) },
      { pem: pem(key).replaceAll('\n', '\r\n') },
      { pem: `Public-Key: (256 bit)\npub:\n    04:7f:ce\n${pem(key)}` },
      { der: base64url(der(key)) },
    ];
    for (const form of forms) expect(readPublicKey(form, { algorithm, purpose })).toEqual(der(key));
  });

  it('with a compressed point is kept with an uncompressed one', () => {
    const form = { der: base64url(compressed(p256)) };
    expect(readPublicKey(form, { algorithm: 'EC-P256', purpose: 'sign' })).toEqual(der(p256));
  });

  it('may have JWK members that are not known here', () => {
    expect(
      refusalOf({ jwk: { ...jwk(p256), kid: '7', ext: true, key_ops: ['verify'], use: 'sig' } }, 'EC-P256'),
    ).toBeNull();
  });

  it.each<[string, KeyObject, AlgorithmName, Purpose, readonly string[], boolean]>([
    ['of RSA', rsa2048, 'RSA-2048', 'sign', ['verify'], true],
    ['of RSA', rsa2048, 'RSA-2048', 'sign', ['x-mine', 'verify'], true],
    ['of RSA', rsa2048, 'RSA-2048', 'sign', ['encrypt'], false],
    ['of RSA', rsa2048, 'RSA-2048', 'sign', ['sign'], false],
    ['of RSA', rsa2048, 'RSA-2048', 'sign', [], false],
    ['of RSA', rsa2048, 'RSA-2048', 'sign', ['Verify'], false],
    ['of RSA', rsa2048, 'RSA-2048', 'sign', ['verify', 'verify'], false],
    ['of RSA', rsa2048, 'RSA-2048', 'encrypt', ['encrypt'], true],
    ['of RSA', rsa2048, 'RSA-2048', 'encrypt', ['wrapKey'], true],
    ['of RSA', rsa2048, 'RSA-2048', 'encrypt', ['verify'], false],
    ['of RSA', rsa2048, 'RSA-2048', 'encrypt', ['decrypt', 'unwrapKey'], false],
    ['of RSA', rsa2048, 'RSA-2048', 'encrypt', ['deriveKey'], false],
    ['of RSA', rsa2048, 'RSA-2048', 'encrypt', [], false],
    ['of P-256', p256, 'EC-P256', 'sign', ['verify'], true],
    ['of P-256', p256, 'EC-P256', 'sign', ['deriveBits'], false],
    ['of P-256', p256, 'EC-P256', 'sign', [], false],
    ['of P-256', p256, 'EC-P256', 'encrypt', ['deriveKey'], true],
    ['of P-256', p256, 'EC-P256', 'encrypt', ['deriveBits'], true],
    ['of P-256, as WebCrypto writes it for ECDH', p256, 'EC-P256', 'encrypt', [], true],
    ['of P-256', p256, 'EC-P256', 'encrypt', ['verify'], false],
    ['of P-256', p256, 'EC-P256', 'encrypt', ['encrypt'], false],
    ['of Ed25519', ed25519, 'Ed25519', 'sign', ['verify'], true],
    ['of Ed25519', ed25519, 'Ed25519', 'sign', ['deriveKey'], false],
  ])('$0, as a JWK for $3, with the key_ops $4, taken: $5', (_, key, algorithm, purpose, operations, taken) => {
    const said = refusalOf({ jwk: { ...jwk(key), key_ops: operations } }, algorithm, purpose);
    if (taken) expect(said).toBeNull();
    else expect(said).toMatch(/key_ops.*purpose of the key|operation twice/);
  });

  it.each<[string, unknown, AlgorithmName, RegExp]>([
    ['no form', {}, 'EC-P256', /exactly one/],
    ['two forms', { pem: pem(p256), der: base64url(der(p256)) }, 'EC-P256', /exactly one/],
    ['a private JWK', { jwk: ed.privateKey.export({ format: 'jwk' }) }, 'Ed25519', /private or secret key/],
    ['a secret JWK', { jwk: { kty: 'oct', k: 'AAAA' } }, 'Ed25519', /RSA/],
    ['a JWK for another use', { jwk: { ...jwk(p256), use: 'enc' } }, 'EC-P256', /purpose of the key is sign/],
    ['a JWK of another curve', { jwk: jwk(p384) }, 'EC-P256', /curve secp384r1/],
    ['a JWK of a curve without a name here', { jwk: { ...jwk(p256), crv: 'secp256k1' } }, 'EC-P256', /P-256, P-384/],
    ['a short coordinate', { jwk: { ...jwk(p256), x: 'AAAA' } }, 'EC-P256', /has 3 bytes. It must have 32/],
    ['no coordinate', { jwk: { kty: 'EC', crv: 'P-256', x: jwk(p256)['x'] } }, 'EC-P256', /needs the member y/],
    ['a JWK off its curve', { jwk: { ...jwk(p256), y: jwk(p256)['x'] } }, 'EC-P256', /not a point of the curve P-256/],
    ['a modulus with a leading zero', { jwk: { ...jwk(rsa2048), n: `AA${n}`.slice(0, 4) } }, 'RSA-2048', /zero byte/],
    ['the exponent 3', { jwk: jwk(rsa(2048, 3)) }, 'RSA-2048', /between 2\^16 and 2\^256/],
    ['the exponent 1', { jwk: { ...jwk(rsa2048), e: 'AQ' } }, 'RSA-2048', /between 2\^16 and 2\^256/],
    ['an even exponent', { jwk: { ...jwk(rsa2048), e: 'AQAC' } }, 'RSA-2048', /even/],
    ['2047 bits', { der: base64url(der(rsa(2047))) }, 'RSA-2048', /2047 bits. RSA-2048 has 2048/],
    [
      'an even modulus',
      { jwk: { ...jwk(rsa2048), n: base64url(Buffer.from(evenModulus)) } },
      'RSA-2048',
      /even modulus/,
    ],
    ['a key of another kind', { pem: pem(ed25519) }, 'EC-P256', /kind ed25519, not of EC-P256/],
    [
      'an RSA key for PSS only',
      { pem: pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey) },
      'RSA-2048',
      /rsa-pss/,
    ],
    ['another curve', { der: base64url(der(ec('secp256k1'))) }, 'EC-P256', /curve secp256k1/],
    ['a point off its curve', { der: base64url(offCurve) }, 'EC-P256', /not on its curve/],
    ['the point at infinity', { der: base64url(infinity) }, 'EC-P256', /point at infinity/],
    ['bytes that are no key', { der: 'AAAA' }, 'EC-P256', /not a SubjectPublicKeyInfo/],
    ['more bytes', { der: base64url(Buffer.concat([der(p256), Buffer.of(0)])) }, 'EC-P256', /followed by more bytes/],
    ['PEM text as DER', { der: base64url(Buffer.from(pem(p256))) }, 'EC-P256', /Send it as pem/],
    ['explained PEM text as DER', { der: base64url(Buffer.from(`Key:\n${pem(p256)}`)) }, 'EC-P256', /Send it as pem/],
    ['key_ops that are no list', { jwk: { ...jwk(p256), key_ops: 'verify' } }, 'EC-P256', /array/],
    [
      'a private key in PEM',
      { pem: ed.privateKey.export({ format: 'pem', type: 'pkcs8' }) },
      'Ed25519',
      /is a private key/,
    ],
    ['PKCS#1', { pem: rsa2048.export({ format: 'pem', type: 'pkcs1' }) }, 'RSA-2048', /-RSAPublicKey_in/],
    ['a certificate', { pem: pem(p256).replaceAll('PUBLIC KEY', 'CERTIFICATE') }, 'EC-P256', /openssl x509/],
    ['two blocks', { pem: pem(p256) + pem(p256) }, 'EC-P256', /one block/],
    ['text', { pem: 'hello' }, 'EC-P256', /one block/],
    ['an algorithm without public keys', { pem: pem(p256) }, 'AES-256', /secret/],
  ])('is refused, and the answer says why: %s', (_, publicKey, algorithm, says) => {
    expect(refusalOf(publicKey, algorithm)).toMatch(says);
  });

  it.each(smallOrder)('of Ed25519 is refused if everybody can sign for it: %s', (hex) => {
    const x = base64url(Buffer.from(hex, 'hex'));
    expect(createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }).type).toBe('public');
    expect(refusalOf({ jwk: { kty: 'OKP', crv: 'Ed25519', x } }, 'Ed25519')).toMatch(/small order/);
  });
});
