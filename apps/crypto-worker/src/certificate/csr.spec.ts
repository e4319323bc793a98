import 'reflect-metadata';
import { spawnSync } from 'node:child_process';
import { type KeyObject, verify } from 'node:crypto';
import { type AlgorithmName, mlDsaSets, slhDsaSets } from '@ankasecure/algorithm';
import type { CsrItem } from '@ankasecure/contracts';
import { ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa.js';
import { slh_dsa_sha2_128f, slh_dsa_sha2_256s, slh_dsa_shake_128f } from '@noble/post-quantum/slh-dsa.js';
import { Pkcs10CertificateRequest, SubjectAlternativeNameExtension } from '@peculiar/x509';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jwsKeys, knownKey, soon } from '../jose/testing/known-key.js';
import { openssl } from '../jose/testing/openssl.js';
import { addressBytes } from './alternative-name.js';
import { requestInfoOf, signRequest } from './csr.js';

const named: Pick<CsrItem, 'subject' | 'subjectAltNames'> = {
  subject: [{ C: 'ES' }, { O: 'Zürich & Söhne', OU: 'Payments' }, { CN: 'pay.example.com' }],
  subjectAltNames: {
    dns: ['pay.example.com', '*.pay.example.com'],
    ip: ['192.0.2.1', '2001:db8::1'],
    email: ['ops@example.com'],
    uri: ['spiffe://example.org/billing'],
  },
};

/** The request with one bit of its signature changed. */
const forged = (request: Buffer): Buffer => {
  const copy = Buffer.from(request);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
  return copy;
};
const inPem = (request: Buffer): string =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${request.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
/** Some versions of openssl end with 0 whether or not the signature is valid. */
const opensslVerifies = (input: string): boolean =>
  /verify OK/.test(spawnSync('openssl', ['req', '-verify', '-noout'], { input, encoding: 'utf8' }).stderr);

describe.each(jwsKeys.filter(([, , purpose]) => purpose === 'sign'))(
  'a request signed by %s with %s',
  (alg, algorithm) => {
    const { key, custody } = knownKey(algorithm, 'sign');

    it('is verified by openssl, and by a library of others', async () => {
      const { request, body } = await signRequest(custody, soon, key, { ...named, alg });
      expect(opensslVerifies(body.pem)).toBe(true);
      expect(await new Pkcs10CertificateRequest(body.pem).verify()).toBe(true);
      expect(body.der).toBe(request.toString('base64'));
      const other = forged(request);
      expect(opensslVerifies(inPem(other))).toBe(false);
      expect(await new Pkcs10CertificateRequest(other).verify()).toBe(false);
    });

    it('has the names and the public key', async () => {
      const { body } = await signRequest(custody, soon, key, { ...named, alg });
      const text = openssl(['req', '-in', 'csr.pem', '-noout', '-text', '-nameopt', 'RFC2253,-esc_msb'], {
        'csr.pem': body.pem,
      }).toString();
      expect(text).toContain('Subject: CN=pay.example.com,O=Zürich & Söhne+OU=Payments,C=ES');
      expect(text).toContain(
        'DNS:pay.example.com, DNS:*.pay.example.com, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1, email:ops@example.com, URI:spiffe://example.org/billing',
      );
      expect(text).not.toContain('critical');
      const spki = openssl(['req', '-in', 'csr.pem', '-noout', '-pubkey'], { 'csr.pem': body.pem }).toString();
      expect(spki).toBe(key.publicKey?.export({ format: 'pem', type: 'spki' }));
    });
  },
);

type Verifier = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean;
const noble: Partial<Record<AlgorithmName, { readonly verify: Verifier }>> = {
  'ML-DSA-44': ml_dsa44,
  'ML-DSA-65': ml_dsa65,
  'ML-DSA-87': ml_dsa87,
  'SLH-DSA-SHA2-128f': slh_dsa_sha2_128f,
  'SLH-DSA-SHA2-256s': slh_dsa_sha2_256s,
  'SLH-DSA-SHAKE-128f': slh_dsa_shake_128f,
};

/** The arcs after 2.16.840.1.101.3.4.3 (RFC 9881 §2; RFC 9909 §3). */
const arcs = new Map<AlgorithmName, number>([
  ...mlDsaSets.map((set, index) => [set, 17 + index] as const),
  ...slhDsaSets.map((set, index) => [set, 20 + index] as const),
]);

describe.each([...arcs])('a request signed by %s', (algorithm, arc) => {
  it('verifies over its information, and names its algorithm', async () => {
    const { key, custody } = knownKey(algorithm, 'sign');
    const publicKey = key.publicKey as KeyObject;
    const spki = publicKey.export({ format: 'der', type: 'spki' });
    const { request } = await signRequest(custody, soon, key, named);
    const read = new Pkcs10CertificateRequest(request);
    const signature = new Uint8Array(read.signature);
    const info = requestInfoOf(named, spki);
    expect(request.subarray(4, 4 + info.length)).toEqual(info);
    expect(request.includes(Buffer.from([0x60, 0x86, 0x48, 0x01, 0x65, 3, 4, 3, arc]), info.length)).toBe(true);
    expect(verify(null, info, publicKey, signature)).toBe(true);
    const other = noble[algorithm];
    if (other === undefined) return;
    const bare = spki.subarray(-(((publicKey.export({ format: 'jwk' }) as { pub: string }).pub.length * 3) >> 2));
    expect(other.verify(signature, info, bare)).toBe(true);
    expect(other.verify(signature, forged(info), bare)).toBe(false);
  });
});

describe('the names of a request', () => {
  const { key, custody } = knownKey('Ed25519', 'sign');
  const request = async (names: typeof named) =>
    new Pkcs10CertificateRequest((await signRequest(custody, soon, key, names)).request);

  it('are critical if there is no subject, and absent without any', async () => {
    const { dns = [] } = named.subjectAltNames ?? {};
    const only = await request({ subjectAltNames: { dns } });
    expect([only.subject, only.extensions.map(({ critical }) => critical)]).toEqual(['', [true]]);
    const none = await request({ subject: [{ CN: 'a' }] });
    expect([none.subject, none.extensions]).toEqual(['CN=a', []]);
    expect(await none.verify()).toBe(true);
  });

  it('come out as they went in', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((value) => value.isWellFormed());
    const byte = fc.integer({ min: 0, max: 255 });
    const some = <Value>(value: fc.Arbitrary<Value>) => fc.array(value, { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        some(text),
        some(fc.domain()),
        some(fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join('.'))),
        async (values, dns, ip) => {
          const read = await request({ subject: values.map((CN) => ({ CN })), subjectAltNames: { dns, ip } });
          expect(read.subjectName.toJSON()).toEqual(values.map((CN) => ({ CN: [CN] })));
          const [extension] = read.extensions;
          const { names } = new SubjectAlternativeNameExtension(extension?.rawData ?? new ArrayBuffer(0));
          expect(names.toJSON()).toEqual([
            ...dns.map((value) => ({ type: 'dns', value })),
            ...ip.map((value) => ({ type: 'ip', value })),
          ]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('have addresses in network byte order', () => {
    const bytes = (text: string) => addressBytes(text).toString('hex');
    expect(bytes('192.0.2.1')).toBe('c0000201');
    expect(bytes('::')).toBe('0'.repeat(32));
    expect(bytes('::1')).toBe('1'.padStart(32, '0'));
    expect(bytes('2001:db8::')).toBe('20010db8'.padEnd(32, '0'));
    expect(bytes('::ffff:192.0.2.1')).toBe('ffffc0000201'.padStart(32, '0'));
    expect(bytes('1:2:3:4:5:6:7:8')).toBe('00010002000300040005000600070008');
    expect(bytes('1::6:7:8')).toBe('0001'.padEnd(20, '0') + '000600070008');
  });
});

it('a MAC key makes no request', async () => {
  const { key, custody } = knownKey('HMAC-SHA256', 'mac');
  await expect(signRequest(custody, soon, key, named)).rejects.toMatchObject({ code: 'purpose-mismatch' });
  expect(custody.calls).toBe(0);
});
