import { constants, createECDH, generateKeyPairSync, type KeyObject, publicEncrypt, randomBytes } from 'node:crypto';
import type { AlgorithmName } from '@ankasecure/algorithm';
import type { Key, WrappingKey } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { ecPkcs8, type RsaNumbers, rsaNumbersOf, rsaPkcs8 } from '../harness/der.js';
import { kwp, wrapFor } from '../harness/known-key.js';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventsOf } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';

const rsaKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ecKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const rsa = rsaNumbersOf(rsaKey.export({ format: 'jwk' }));
const pkcs8 = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'pkcs8' });
const rsaWith = (change: Partial<RsaNumbers>): Buffer => rsaPkcs8({ ...rsa, ...change });

/** The order of P-256 (SP 800-186 §3.2.1.3). */
const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
const scalar = BigInt(`0x${Buffer.from(String(ecKey.export({ format: 'jwk' }).d), 'base64url').toString('hex')}`);
const otherPoint = createECDH('prime256v1').generateKeys();
const offCurve = Buffer.from(otherPoint.map((byte, at) => (at === 64 ? byte ^ 1 : byte)));

/** A wrong key, and what is said of it: `told` at once, by its length, or in the audit trail after it was unwrapped. */
interface Wrong {
  readonly what: string;
  readonly algorithm: AlgorithmName;
  readonly material: () => Buffer;
  readonly says: { readonly told: string } | { readonly failureCode: string };
}

const told = (detail: string) => ({ told: detail });
const found = (code: string) => ({ failureCode: `import-failed:${code}` });
const wrong = (
  what: string,
  algorithm: AlgorithmName,
  material: Buffer | (() => Buffer),
  says: Wrong['says'],
): Wrong => ({ what, algorithm, material: typeof material === 'function' ? material : () => material, says });

const encrypted = (key: KeyObject): Buffer =>
  key.export({ format: 'der', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' });
const pem = (key: KeyObject): Buffer => Buffer.from(key.export({ format: 'pem', type: 'pkcs8' }));
const made = (modulusLength: number, publicExponent = 65_537) =>
  pkcs8(generateKeyPairSync('rsa', { modulusLength, publicExponent }).privateKey);

const inputs: readonly Wrong[] = [
  wrong('SEC1', 'EC-P256', ecKey.export({ format: 'der', type: 'sec1' }), found('sec1')),
  wrong('PKCS#1', 'RSA-2048', rsaKey.export({ format: 'der', type: 'pkcs1' }), found('pkcs1')),
  wrong('PEM of EC', 'EC-P256', pem(ecKey), told('This is the length of PEM text')),
  wrong('PEM of RSA', 'RSA-2048', pem(rsaKey), told('This is the length of PEM text')),
  wrong(
    'a PEM that is as short as DER',
    'EC-P256',
    Buffer.from('-----BEGIN PRIVATE KEY-----\n'.padEnd(138, 'M')),
    found('pem'),
  ),
  wrong('encrypted PKCS#8 of EC', 'EC-P256', encrypted(ecKey), told('of an encrypted PKCS#8 file')),
  wrong('encrypted PKCS#8 of RSA', 'RSA-2048', encrypted(rsaKey), told('of an encrypted PKCS#8 file')),
  wrong('another curve of nearly the same length', 'EC-P256', ecPkcs8('P-384', scalar), found('curve')),
  wrong(
    'another curve',
    'EC-P521',
    pkcs8(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey),
    found('curve'),
  ),
  wrong(
    'a curve without a name here',
    'EC-P256',
    pkcs8(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey),
    found('curve'),
  ),
  wrong('another kind of key', 'EC-P256', pkcs8(generateKeyPairSync('x448').privateKey), found('kind')),
  wrong('the public exponent 3', 'RSA-2048', () => made(2048, 3), found('exponent')),
  wrong('an even public exponent', 'RSA-2048', rsaWith({ e: 65_538n }), found('exponent')),
  wrong('a modulus of 2047 bits', 'RSA-2048', () => made(2047), found('modulus')),
  wrong('a modulus of 2056 bits', 'RSA-2048', () => made(2056), found('modulus')),
  wrong('a modulus of another algorithm', 'RSA-3072', () => made(2048), told('RSA-3072')),
  wrong('an even modulus', 'RSA-2048', rsaWith({ n: rsa.n - 1n }), found('modulus')),
  wrong('p = 1', 'RSA-2048', rsaWith({ p: 1n, q: rsa.n }), found('factors')),
  wrong('factors of another modulus', 'RSA-2048', rsaWith({ p: rsa.p + 2n }), found('factors')),
  wrong('a wrong private exponent', 'RSA-2048', rsaWith({ d: rsa.d + 2n }), found('private-exponent')),
  wrong('a wrong dp', 'RSA-2048', rsaWith({ dp: rsa.dp + 2n }), found('crt')),
  wrong('a wrong dq', 'RSA-2048', rsaWith({ dq: rsa.dq + 2n }), found('crt')),
  wrong('a wrong qinv', 'RSA-2048', rsaWith({ qi: rsa.qi ^ 2n }), found('crt')),
  wrong(
    'bytes after an RSA key',
    'RSA-2048',
    Buffer.concat([rsaPkcs8(rsa), Buffer.of(1, 2, 3)]),
    found('trailing-bytes'),
  ),
  wrong('bytes after an EC key', 'EC-P256', Buffer.concat([pkcs8(ecKey), Buffer.of(0)]), found('trailing-bytes')),
  wrong('a scalar of zero', 'EC-P256', ecPkcs8('P-256', 0n), found('scalar')),
  wrong('a scalar that is the order', 'EC-P256', ecPkcs8('P-256', order), found('scalar')),
  wrong('a scalar above the order', 'EC-P256', ecPkcs8('P-256', order + (scalar % 1000n) + 1n), found('scalar')),
  wrong('a public point off the curve', 'EC-P256', ecPkcs8('P-256', scalar, offCurve), found('public-key')),
  wrong('the public point of another key', 'EC-P256', ecPkcs8('P-256', scalar, otherPoint), found('public-key')),
  wrong('bytes that are no DER', 'EC-P256', randomBytes(138), found('form')),
  wrong('an AES key with 8 bytes too few', 'AES-256', randomBytes(24), told('A key of AES-256 has 32')),
  wrong('an AES key with a byte too few', 'AES-256', randomBytes(31), found('length')),
  ...[25, 28, 31].map((bytes) =>
    wrong(`an HMAC key with ${bytes} of 32 bytes`, 'HMAC-SHA256', randomBytes(bytes), found('length')),
  ),
  wrong('an HMAC key with 47 of 48 bytes', 'HMAC-SHA384', randomBytes(47), found('length')),
  wrong('an HMAC key with 57 of 64 bytes', 'HMAC-SHA512', randomBytes(57), found('length')),
  wrong(
    'PEM with a text before it that is as short as DER',
    'EC-P256',
    Buffer.from('Our key\n-----BEGIN PRIVATE KEY-----\n'.padEnd(138, 'M')),
    found('pem'),
  ),
  wrong('an AES key that is too long', 'AES-128', randomBytes(32), told('A key of AES-128 has 16')),
  wrong(
    'an HMAC key that is shorter than its hash',
    'HMAC-SHA384',
    randomBytes(32),
    told('A key of HMAC-SHA384 has 48 to 128'),
  ),
  wrong('an HMAC key that is too long', 'HMAC-SHA256', randomBytes(129), told('A key of HMAC-SHA256 has 32 to 128')),
  wrong('nothing', 'HMAC-SHA256', Buffer.of(), told('bytes')),
];

let tenant: Tenant;
let pemOfWrapping: string;
let transport: { readonly id: string; readonly value: Buffer };
beforeAll(async () => {
  tenant = await newTenant(await sharedRig());
  pemOfWrapping = (await tenant.admin.get<WrappingKey>('/wrapping-key')).publicKey.pem;
  const value = randomBytes(32);
  const body = { label: 'transport', algorithm: 'AES-256', purpose: 'wrap', method: 'rsa-aes-kwp' };
  const { id } = await tenant.admin.post<Key>('/keys/import', { ...body, wrappedKey: wrapFor(pemOfWrapping, value) });
  transport = { id, value };
});

const bring = (body: object) =>
  tenant.admin.send<Key>('POST', '/keys/import', { body: { label: 'wrong', method: 'rsa-aes-kwp', ...body } });

/** What each refusal must say, and that nothing is kept and the same request is refused alike again. */
const expectRefused = async (body: object, says: Wrong['says']): Promise<void> => {
  const details = new Set<string>();
  for (let time = 0; time < 2; time++) {
    const reply = await bring(body);
    expectProblem(reply, 'told' in says ? 'request-invalid' : 'decryption-failed');
    const { detail = '' } = reply.body as { detail?: string };
    details.add(detail);
    if ('told' in says) expect(detail).toContain(says.told);
    const filter = { correlationId: reply.correlationId, operation: 'key.import' };
    const [event] = await eventually('its sealed event', async () => {
      const events = await eventsOf(tenant.admin, filter);
      return events.length > 0 && events;
    });
    const failureCode = 'told' in says ? 'request-invalid' : says.failureCode;
    expect(event).toMatchObject({ operation: 'key.import', outcome: 'failure', failureCode });
  }
  expect(details.size).toBe(1);
};

describe.each(['token', 'wrapped'] as const)('an import into custody %s', (custody) => {
  it.each(inputs.map((row) => [row.what, row.algorithm, row] as const))(
    'of %s as %s is refused, and the reason is where it may be',
    async (_what, algorithm, { material, says }) => {
      const wrappedKey = material().length === 0 ? 'AAAA' : wrapFor(pemOfWrapping, material());
      await expectRefused({ algorithm, custody, wrappedKey }, says);
    },
  );

  it('under an AES key that the wrapping key does not open is refused', async () => {
    const aes = randomBytes(32);
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const oaep = publicEncrypt({ key: pemOfWrapping, padding, oaepHash: 'sha256' }, aes);
    const material = Buffer.concat([oaep, kwp(aes, pkcs8(ecKey))]);
    const body = { algorithm: 'EC-P256', custody, wrappedKey: material.toString('base64url') };
    await expectRefused(body, found('transport'));
  });

  it('that was changed on its way is refused', async () => {
    const material = Buffer.from(wrapFor(pemOfWrapping, pkcs8(ecKey)), 'base64url');
    material[material.length - 3] = (material[material.length - 3] ?? 0) ^ 1;
    const body = { algorithm: 'EC-P256', custody, wrappedKey: material.toString('base64url') };
    await expectRefused(body, found('unwrap'));
  });

  it('under another key is refused with the same reasons', async () => {
    const under = (bytes: Buffer, value = transport.value) => ({
      custody,
      method: 'aes-kwp',
      wrappingKeyId: transport.id,
      wrappedKey: kwp(value, bytes).toString('base64url'),
    });
    await expectRefused({ algorithm: 'RSA-2048', ...under(rsaWith({ dp: rsa.dp + 2n })) }, found('crt'));
    await expectRefused({ algorithm: 'EC-P256', ...under(ecPkcs8('P-256', order + 1n)) }, found('scalar'));
    await expectRefused({ algorithm: 'EC-P256', ...under(pkcs8(ecKey), randomBytes(32)) }, found('unwrap'));
    await expectRefused({ algorithm: 'EC-P256', ...under(pkcs8(rsaKey)) }, told('EC-P256'));
  });

  it('of the right keys succeeds after all of that', async () => {
    for (const [algorithm, material] of [
      ['EC-P256', ecPkcs8('P-256', scalar)],
      ['EC-P256', pkcs8(ecKey)],
      ['RSA-2048', rsaPkcs8(rsa)],
    ] as const) {
      const reply = await bring({ algorithm, custody, wrappedKey: wrapFor(pemOfWrapping, material) });
      expect(reply.status, reply.text).toBe(201);
      expect(reply.body.warnings?.map(({ code }) => code)).toEqual(['import-check']);
    }
  });
});
