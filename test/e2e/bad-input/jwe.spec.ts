import { createHash, generateKeyPairSync } from 'node:crypto';
import type { EncryptResult, ErrorCode } from '@ankasecure/contracts';
import { beforeAll, describe, it } from 'vitest';
import { encodeJson, encodeText, openTarget, type Target } from './target.js';

let target: Target;
/** A valid JWE for each key. */
let jwes: Record<'rsa' | 'agree' | 'wrap' | 'direct', string>;
beforeAll(async () => {
  target = await openTarget();
  const seal = async (key: keyof typeof jwes): Promise<string> => {
    const request = { keyId: target.keys[key].id, plaintext: 'AAAA' };
    return (await target.tenant.admin.post<EncryptResult>('/encrypt', request)).jwe;
  };
  jwes = { rsa: await seal('rsa'), agree: await seal('agree'), wrap: await seal('wrap'), direct: await seal('direct') };
});

type Members = Readonly<Record<string, unknown>>;
const headerOf = (jwe: string): Members =>
  JSON.parse(Buffer.from(jwe.split('.')[0] ?? '', 'base64url').toString()) as Members;
const withSegment = (jwe: string, index: number, segment: string): string =>
  jwe.split('.').with(index, segment).join('.');
const refused = (jwe: string, code: ErrorCode = 'jwe-invalid', rest: object = {}): Promise<void> =>
  target.refusedOnRecord('/decrypt', { jwe, ...rest }, code);

describe('a JWE header', () => {
  /** Members that replace those of a valid header. undefined removes a member. */
  const members: readonly (readonly [string, Members])[] = [
    ['alg none', { alg: 'none' }],
    ['no alg', { alg: undefined }],
    ['RSA v1.5', { alg: 'RSA1_5' }],
    ['OAEP with SHA-1', { alg: 'RSA-OAEP' }],
    ['ECDH-ES without a key wrap', { alg: 'ECDH-ES' }],
    ['alg that is no text', { alg: ['A256KW'] }],
    ['a password and ten thousand million iterations', { alg: 'PBES2-HS256+A128KW', p2c: 1e10, p2s: 'AAAA' }],
    ['another enc', { enc: 'A256CBC-HS256' }],
    ['no enc', { enc: undefined }],
    ['zip', { zip: 'DEF' }],
    ['an extension nobody knows', { crit: ['exp'], exp: 1 }],
    ['an empty crit', { crit: [] }],
    ['a kid that is no text', { kid: { $ne: null } }],
    ['an aad hash that is none', { 'aad#S256': 'AAAA' }],
    ['8 KiB of members', { x: 'x'.repeat(8192) }],
    ['hundreds of KiB', { x: 'x'.repeat(500_000) }],
  ];
  it.each(members)('with %s is refused', async (_, changed) => {
    for (const jwe of [jwes.wrap, jwes.direct])
      await refused(withSegment(jwe, 0, encodeJson({ ...headerOf(jwe), ...changed })));
  });

  const good = '"alg":"A256KW","enc":"A256GCM"';
  const raw: readonly (readonly [string, string])[] = [
    ['a member twice', `{${good},"kid":"a","kid":"b"}`],
    ['a member twice, once escaped', `{${good},"kid":"a","\\u006bid":"b"}`],
    ['a member twice, deep inside', `{${good},"x":{"y":1,"y":2}}`],
    ['a byte order mark', `\ufeff{${good}}`],
    ['a lone surrogate', `{${good},"x":"\\ud800"}`],
    ['a kid of ill-formed UTF-16', `{${good},"kid":"\\udfff"}`],
    ['nesting 5,000 deep', `{${good},"x":${'['.repeat(2000)}${']'.repeat(2000)}}`],
    ['a list for an object', `[${good.replaceAll(':', ',')}]`],
    ['no JSON', good],
    ['nothing', ''],
    ['__proto__ for members', `{"__proto__":{${good}}}`],
  ];
  it.each(raw)('with %s is refused', async (_, text) => {
    await refused(withSegment(jwes.wrap, 0, encodeText(text)));
  });

  it('that is not canonical base64url of UTF-8 is refused', async () => {
    const [header = ''] = jwes.wrap.split('.');
    const spoilt = [
      `${header}=`,
      `${header.slice(0, 8)} ${header.slice(8)}`,
      `${header}\n`,
      `${header.slice(0, 9)}+${header.slice(10)}`,
      'A',
      'AB',
    ];
    for (const segment of spoilt) await refused(withSegment(jwes.wrap, 0, segment));
    await refused(withSegment(jwes.wrap, 0, Buffer.from([0x7b, 0xc3, 0x28, 0x7d]).toString('base64url')));
  });

  it('names only keys of this tenant', async () => {
    const { keys } = target;
    const kids = [
      '../../etc/passwd',
      "' OR 1=1 --",
      'a\u0000b',
      '',
      keys.wrap.id,
      `${keys.wrap.id}.0`,
      `${keys.wrap.id}.01`,
      `${keys.wrap.id}.2`,
      `${keys.wrap.id}.1 `,
      `${keys.wrap.id.toUpperCase()}.1`,
      `${keys.wrap.id}.999999999`,
      `${keys.theirs.id}.1`,
      `${'f'.repeat(8)}-ffff-ffff-ffff-${'f'.repeat(12)}.1`,
    ];
    for (const kid of kids)
      await refused(withSegment(jwes.wrap, 0, encodeJson({ ...headerOf(jwes.wrap), kid })), 'key-not-found');
    await refused(jwes.wrap, 'key-not-found', { keyId: keys.theirs.id });
    await refused(jwes.wrap, 'algorithm-mismatch', { keyId: keys.rsa.id });
    await refused(withSegment(jwes.wrap, 0, encodeJson({ alg: 'A256KW', enc: 'A256GCM' })), 'request-invalid');
  });

  it('does not choose the algorithm', async () => {
    for (const [jwe, alg] of [
      [jwes.wrap, 'dir'],
      [jwes.direct, 'A256KW'],
      [jwes.rsa, 'A256KW'],
      [jwes.wrap, 'RSA-OAEP-256'],
    ] as const)
      await refused(withSegment(jwe, 0, encodeJson({ ...headerOf(jwe), alg })), 'algorithm-mismatch');
  });
});

describe('an ephemeral key', () => {
  const jwkOf = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' });
  const bad: readonly (readonly [string, () => Members])[] = [
    ['missing', () => ({ epk: undefined })],
    ['a text', () => ({ epk: 'AAAA' })],
    ['off the curve', () => ({ epk: { ...jwkOf('P-256'), y: createHash('sha256').update('y').digest('base64url') } })],
    ['the point at infinity', () => ({ epk: { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) } })],
    ['on another curve', () => ({ epk: jwkOf('P-384') })],
    ['on a curve nobody offers', () => ({ epk: { ...jwkOf('secp256k1') } })],
    [
      'private',
      () => ({ epk: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }) }),
    ],
    ['encoded with padding', () => ({ epk: { ...jwkOf('P-256'), x: `${jwkOf('P-256').x ?? ''}=` } })],
    ['of short coordinates', () => ({ epk: { ...jwkOf('P-256'), x: 'AAAA' } })],
    ['X25519', () => ({ epk: generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' }) })],
    ['fine, with a large apu', () => ({ apu: 'A'.repeat(1000) })],
    ['fine, with an apv that is no base64url', () => ({ apv: 'A' })],
  ];
  it.each(bad)('that is %s is refused', async (_, changed) => {
    await refused(withSegment(jwes.agree, 0, encodeJson({ ...headerOf(jwes.agree), ...changed() })));
  });
});

describe('a compact JWE', () => {
  it('has five segments', async () => {
    const segments = jwes.wrap.split('.');
    const spoilt = [
      segments.slice(0, 4).join('.'),
      `${jwes.wrap}.`,
      `${jwes.wrap}.AAAA`,
      segments.join(''),
      '....',
      '.',
    ];
    for (const jwe of spoilt) await refused(jwe);
    await refused(JSON.stringify({ protected: segments[0], ciphertext: 'AAAA' }));
  });
});
