import 'reflect-metadata';
import { createPublicKey, type KeyObject, type webcrypto, X509Certificate } from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';
import {
  BasicConstraintsExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodingsOf } from '../asn1/decode.js';
import { pathLengthOf } from './basic-constraints.js';
import { readChain } from './read-chain.js';

const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;
type Pair = webcrypto.CryptoKeyPair;
const pair = (): Promise<Pair> =>
  crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
const keyOf = async ({ publicKey }: Pair): Promise<KeyObject> =>
  createPublicKey({ key: Buffer.from(await crypto.subtle.exportKey('spki', publicKey)), format: 'der', type: 'spki' });

const now = Date.now();
const days = (count: number): Date => new Date(now + count * 86_400_000);

interface Made {
  readonly of: Pair;
  readonly by: Pair;
  readonly subject: string;
  readonly issuer: string;
  readonly notAfter?: Date;
  readonly extensions?: Extension[];
}
const make = async ({ of, by, subject, issuer, notAfter = days(30), extensions = [] }: Made): Promise<string> => {
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${subject}`,
    issuer: `CN=${issuer}`,
    notBefore: days(-60),
    notAfter,
    publicKey: of.publicKey,
    signingKey: by.privateKey,
    signingAlgorithm,
    extensions,
  });
  return Buffer.from(certificate.rawData).toString('base64');
};
const ca = (pathLength?: number): Extension => new BasicConstraintsExtension(true, pathLength, true);

let [leaf, low, middle, root]: Pair[] = [];
let publicKey: KeyObject;
const pairs = () => ({ leaf, low, middle, root }) as Readonly<Record<'leaf' | 'low' | 'middle' | 'root', Pair>>;
beforeAll(async () => {
  [leaf, low, middle, root] = [await pair(), await pair(), await pair(), await pair()];
  publicKey = await keyOf(pairs().leaf);
});

const ofLeaf = (more: Partial<Made> = {}) =>
  make({ of: pairs().leaf, by: pairs().low, subject: 'leaf', issuer: 'low', ...more });
const ofLow = (extensions = [ca()], more: Partial<Made> = {}) =>
  make({ of: pairs().low, by: pairs().middle, subject: 'low', issuer: 'middle', extensions, ...more });
const ofMiddle = (extensions = [ca()]) =>
  make({ of: pairs().middle, by: pairs().root, subject: 'middle', issuer: 'root', extensions });
const ofRoot = (extensions = [ca()]) =>
  make({ of: pairs().root, by: pairs().root, subject: 'root', issuer: 'root', extensions });

const read = (x5c: string[]): number => readChain({ x5c }, publicKey, now).length;
const refusal = (x5c: string[]): string => {
  try {
    read(x5c);
  } catch (error) {
    if (error instanceof AnkaError && error.code === 'request-invalid') return error.detail;
    throw error;
  }
  return 'accepted';
};

describe('a chain', () => {
  it('is accepted with and without its upper end', async () => {
    const whole = [await ofLeaf(), await ofLow(), await ofMiddle(), await ofRoot()];
    expect([1, 2, 3, 4].map((length) => read(whole.slice(0, length)))).toEqual([1, 2, 3, 4]);
  });

  it('is accepted in PEM, whatever stands around it', async () => {
    const chain = [await ofLeaf(), await ofLow()];
    const pem = chain.map((base64) => new X509Certificate(Buffer.from(base64, 'base64')).toString());
    expect(readChain({ pem: pem.map((one) => `subject=x\n${one}`).join('\n') }, publicKey, now)).toHaveLength(2);
    for (const bad of ['', 'x', pem[0]?.slice(0, -30) ?? '', pem.join('').replaceAll('CERTIFICATE', 'PUBLIC KEY')])
      expect(() => readChain({ pem: bad }, publicKey, now)).toThrow(/request-invalid/);
  });

  it('begins with a certificate of the key that is valid still', async () => {
    expect(refusal([await ofLow(), await ofMiddle()])).toMatch(/^certificate 1: has another public key/);
    expect(refusal([await ofLeaf({ notAfter: days(-1) })])).toMatch(/^certificate 1: is no longer valid/);
  });

  it('is connected by names, keys and signatures', async () => {
    const next = /^certificate 1: was not issued by the next one/;
    expect(refusal([await ofLeaf(), await ofMiddle()])).toMatch(next);
    expect(refusal([await ofLeaf({ by: pairs().middle }), await ofLow()])).toMatch(next);
    expect(refusal([await ofLeaf({ issuer: 'other' }), await ofLow()])).toMatch(next);
    expect(refusal([await ofLeaf(), await ofLow(), await ofRoot()])).toMatch(/^certificate 2: was not issued/);
    const forged = Buffer.from(await ofLeaf(), 'base64');
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    expect(refusal([forged.toString('base64'), await ofLow()])).toMatch(next);
  });

  // OpenSSL reads these, though no certificate may have them (RFC 5280 §4.1).
  it.each([
    ['3081060101ff020100', 'a length in more bytes than it needs'],
    ['30800101ff0201000000', 'an indefinite length'],
    ['30060101ff0201ff', 'a negative pathLenConstraint'],
  ])('is refused with basicConstraints %s: %s', async (value) => {
    const odd = await ofLow([new Extension('2.5.29.19', true, Buffer.from(value, 'hex'))]);
    expect(refusal([await ofLeaf(), odd])).toMatch(/^certificate 2: is not/);
    if (!value.endsWith('0201ff')) {
      const own = await ofLeaf({ extensions: [new Extension('2.5.29.19', true, Buffer.from(value, 'hex'))] });
      expect(refusal([own])).toMatch(/^certificate 1: is not in DER/);
    }
  });

  it('has authorities above the key, and no more than they allow', async () => {
    const noAuthority = /^certificate 2: is not of a certification authority/;
    expect(refusal([await ofLeaf(), await ofLow([])])).toMatch(noAuthority);
    expect(refusal([await ofLeaf(), await ofLow([new BasicConstraintsExtension(false, undefined, true)])])).toMatch(
      noAuthority,
    );
    const signsNoCertificates = new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true);
    expect(refusal([await ofLeaf(), await ofLow([ca(), signsNoCertificates])])).toMatch(noAuthority);
    const chain = async (pathLength: number) => [
      await ofLeaf(),
      await ofLow(),
      await ofMiddle([ca(pathLength)]),
      await ofRoot(),
    ];
    expect(refusal(await chain(0))).toMatch(/^certificate 3: allows fewer/);
    expect(read(await chain(1))).toBe(4);
    expect(read([await ofLeaf(), await ofLow([ca(0)])])).toBe(2);
    expect(refusal([await ofLeaf(), await ofLow(), await ofMiddle(), await ofRoot([ca(1)])])).toMatch(
      /^certificate 4: allows/,
    );
  });

  it('has certificates and nothing else, and not too many', async () => {
    const one = await ofLeaf();
    const trailing = Buffer.concat([Buffer.from(one, 'base64'), Buffer.of(0)]).toString('base64');
    for (const bad of ['AAAA', trailing, one.slice(0, 200)])
      expect(refusal([bad])).toMatch(/^certificate 1: (is not|must be)/);
    expect(refusal(Array.from({ length: 11 }, () => one))).toMatch(/at most 10 certificates/);
    const selfSigned = await make({
      of: pairs().leaf,
      by: pairs().leaf,
      subject: 'a',
      issuer: 'a',
      extensions: [ca()],
    });
    expect(read(Array.from({ length: 10 }, () => selfSigned))).toBe(10);
  });

  it('has times that exist', async () => {
    const one = Buffer.from(await ofLeaf(), 'base64');
    const times = [...one.toString('latin1').matchAll(/[0-9]{12}Z/g)].map(({ index }) => index);
    expect(times).toHaveLength(2);
    for (const at of times)
      for (const bad of ['991332250000Z', '300230000000Z', '30010199000\0Z']) {
        const changed = Buffer.from(one);
        changed.write(bad, at, 'latin1');
        expect(refusal([changed.toString('base64')]), bad).toMatch(/^certificate 1: must be/);
      }
  });

  it('comes apart again as it was stored', async () => {
    const chain = [await ofLeaf(), await ofLow()].map((base64) => Buffer.from(base64, 'base64'));
    expect(encodingsOf(Buffer.concat(chain))).toEqual(chain);
    expect(chain.map(pathLengthOf)).toEqual([undefined, undefined]);
    expect(pathLengthOf(Buffer.from(await ofLow([ca(3)]), 'base64'))).toBe(3);
  });
});
