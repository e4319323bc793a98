import { createECDH, randomUUID } from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJwe } from '../envelope/decrypt.js';
import { readJws } from '../signature/verify.js';
import { curves } from './curve.js';
import { type HeaderErrorCode, maxHeaderBytes } from './header.js';
import { failureOf } from './testing/failure.js';

const kid = `${randomUUID()}.1`;
const point = createECDH(curves['P-256'].openssl).generateKeys();
const x = point.subarray(1, 33).toString('base64url');
const y = point.subarray(33).toString('base64url');
const epk = { kty: 'EC', crv: 'P-256', x, y };

const jwe = { alg: 'A256KW', enc: 'A256GCM', kid };
const ecdh = { alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid, epk };
const jws = { alg: 'ES256', kid };

const segment = (header: string | Uint8Array): string => Buffer.from(header as string).toString('base64url');
const jweOf = (header: string | Uint8Array): string => `${segment(header)}.AA.${'A'.repeat(16)}.AA.${'A'.repeat(21)}A`;
const jwsOf = (header: string | Uint8Array): string => `${segment(header)}.AA.AA`;
const readers = [
  ['jwe-invalid', jweOf, readJwe, jwe],
  ['jws-invalid', jwsOf, readJws, jws],
] as const;

/** Members that a token may not carry, each with a value that its standard allows. */
const forbidden: Readonly<Record<HeaderErrorCode, Readonly<Record<string, unknown>>>> = {
  'jwe-invalid': { crit: ['b64'], zip: 'DEF' },
  'jws-invalid': { crit: ['b64'], b64: false },
};

/** Members without a meaning here: RFC 7515 §4 and RFC 7516 §4 have a reader ignore them, whatever they hold. */
const ignored = {
  p2c: 1_000_000_000,
  p2s: 'AAAA',
  jwk: epk,
  jku: 'https://example.org/jwks',
  x5u: 'https://example.org/x5u',
  x5c: ['AAAA'],
  x5t: 'AAAA',
  'x5t#S256': 'AAAA',
  x5t2: 'AAAA',
  url: 'https://example.org/new-order',
  exp: 1,
};

/** Members of ECDH-ES, which have no meaning with another algorithm. */
const ofAgreement = { epk: { kty: 'EC' }, apu: '==', apv: 1 };

/** Inputs that are not a header, as text or bytes, made from a good one. */
const broken: readonly (readonly [string, (good: Record<string, unknown>) => string | Uint8Array])[] = [
  ['empty', () => ''],
  ['not JSON', () => 'alg: none'],
  ['an array', (good) => `[${JSON.stringify(good)}]`],
  ['a string', () => '"header"'],
  ['null', () => 'null'],
  ['text after the object', (good) => `${JSON.stringify(good)}x`],
  ['a second object', (good) => `${JSON.stringify(good)}{}`],
  ['a byte order mark', (good) => `\ufeff${JSON.stringify(good)}`],
  ['a UTF-16 header', (good) => Buffer.from(JSON.stringify(good), 'utf16le')],
  ['ill-formed UTF-8', (good) => Buffer.from(JSON.stringify({ ...good, typ: '\u00ff' }), 'latin1')],
  [
    'an overlong UTF-8 sequence',
    () => Buffer.concat([Buffer.from('{"alg":"'), Buffer.of(0xc0, 0x80), Buffer.from('"}')]),
  ],
  ['an escaped lone surrogate', (good) => JSON.stringify({ ...good, typ: '\ud800' })],
  ['an escaped lone surrogate in a name', (good) => JSON.stringify({ ...good, '\udc00': 1 })],
  ['a duplicate member', (good) => JSON.stringify(good).replace('{', '{"alg":"none",')],
  ['a duplicate member with an escaped name', (good) => JSON.stringify(good).replace('{', '{"\\u0061lg":"none",')],
  ['a duplicate kid at the end', (good) => JSON.stringify(good).replace(/}$/, ',"kid":"x"}')],
  [
    'a duplicate member inside',
    (good) => JSON.stringify({ ...good, extra: { a: 1 } }).replace('"a":1', '"a":1,"a" :2'),
  ],
  ['a duplicate __proto__', (good) => JSON.stringify(good).replace('{', '{"__proto__":1,"__proto__":2,')],
  ['nesting of 5 levels', (good) => JSON.stringify({ ...good, extra: [[[[1]]]] })],
  [
    'nesting of 4,000 levels',
    (good) => JSON.stringify(good).replace('{', `{"a":${'['.repeat(3900)}${']'.repeat(3900)},`),
  ],
  [
    'nesting of 10,000 levels',
    (good) => JSON.stringify(good).replace('{', `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)},`),
  ],
  ['one byte more than allowed', (good) => JSON.stringify(good).padEnd(maxHeaderBytes + 1)],
  ['300 KiB', (good) => JSON.stringify({ ...good, typ: 'x'.repeat(300 * 1024) })],
  ['a kid of 300 KiB', (good) => JSON.stringify({ ...good, kid: 'x'.repeat(300 * 1024) })],
];

describe.each(readers)('the header gate of %s', (code, compactOf, read, good) => {
  it('lets a good header pass, up to its limits', () => {
    expect(read(compactOf(JSON.stringify(good)))).toBeDefined();
    expect(read(compactOf(JSON.stringify(good).padEnd(maxHeaderBytes)))).toBeDefined();
    expect(
      read(compactOf(JSON.stringify({ ...good, typ: 'JOSE', cty: 'é', other: { a: [1, '"a":', '\\"'], b: null } }))),
    ).toBeDefined();
  });

  it.each(broken)('refuses %s', async (_name, headerOf) => {
    expect(await failureOf(() => read(compactOf(headerOf(good))))).toMatchObject({ code });
  });

  it.each(Object.entries(forbidden[code]))('refuses the member %s and says so', async (name, value) => {
    for (const held of [value, null])
      expect(await failureOf(() => read(compactOf(JSON.stringify({ ...good, [name]: held }))))).toMatchObject({
        code,
        detail: expect.stringContaining(`The header member ${name} is not accepted`) as string,
      });
  });

  it.each(Object.entries({ ...ignored, ...ofAgreement }))('ignores the member %s', (name, value) => {
    const { protectedHeader: _, ...plain } = read(compactOf(JSON.stringify(good)));
    for (const held of [value, null, { a: [1] }])
      expect(read(compactOf(JSON.stringify({ ...good, [name]: held })))).toMatchObject(plain);
  });

  it.each([1, null, true, ['a'], { a: 1 }])('refuses the kid %j', async (value) => {
    expect(await failureOf(() => read(compactOf(JSON.stringify({ ...good, kid: value }))))).toMatchObject({ code });
  });

  it.each([
    'none',
    'None',
    'RSA1_5',
    'RSA-OAEP',
    'PBES2-HS256+A128KW',
    'ECDH-ES',
    'HS1',
    'es256',
    '',
    'toString',
    1,
    null,
    ['ES256'],
    undefined,
  ])('refuses the alg %j', async (alg) => {
    expect(await failureOf(() => read(compactOf(JSON.stringify({ ...good, alg }))))).toMatchObject({ code });
  });

  it('refuses a header that is not canonical base64url', async () => {
    const compact = compactOf(`${JSON.stringify(good)} `.padEnd(130));
    const [header = '', ...rest] = compact.split('.');
    expect(header.length % 4).toBe(2);
    const last = header.at(-1) === 'A' ? 'B' : 'h';
    for (const spelled of [
      `${header}==`,
      ` ${header}`,
      `${header}\n`,
      header.replace(/^./, '+'),
      header.slice(0, -1) + last,
      `${header}A`,
    ]) {
      expect(await failureOf(() => read([spelled, ...rest].join('.')))).toMatchObject({ code });
    }
  });

  it('refuses a wrong number of segments', async () => {
    const compact = compactOf(JSON.stringify(good));
    for (const other of [
      '',
      '.',
      compact.slice(0, compact.lastIndexOf('.')),
      `${compact}.`,
      `${compact}.AA`,
      '.'.repeat(1_000_000),
    ]) {
      expect(await failureOf(() => read(other))).toMatchObject({ code });
    }
  });

  it('throws only AnkaErrors', () => {
    const member = fc.constantFrom(
      'alg',
      'enc',
      'kid',
      'epk',
      'apu',
      'apv',
      'aad#S256',
      'crit',
      'zip',
      'jwk',
      '__proto__',
      'typ',
    );
    const value = fc.oneof(fc.constantFrom(...Object.values(ecdh), 'ES256', x), fc.jsonValue());
    const header = fc.oneof(
      fc.dictionary(member, value).map((members) => JSON.stringify({ ...good, ...members })),
      fc.dictionary(member, value).map((members) => JSON.stringify({ ...ecdh, ...members })),
      fc.json(),
      fc.string({ unit: 'binary' }),
    );
    const compact = fc.oneof(
      fc.string(),
      fc.array(fc.base64String(), { maxLength: 6 }).map((all) => all.join('.')),
      header.map(compactOf),
    );
    fc.assert(
      fc.property(compact, (text) => {
        try {
          read(text);
        } catch (error) {
          expect(error).toBeInstanceOf(AnkaError);
          expect(error).toMatchObject({ code });
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('the JWE header', () => {
  const read = (header: object) => readJwe(jweOf(JSON.stringify(header)));

  it.each([undefined, 'A128CCM', 'A256CBC-HS256', 'a256gcm', 1, null])('refuses the enc %j', async (enc) => {
    expect(await failureOf(() => read({ ...jwe, enc }))).toMatchObject({ code: 'jwe-invalid' });
  });

  it('reads an ephemeral key and both parties', () => {
    const { header } = read({ ...ecdh, epk: { ...epk, use: 'enc' }, apu: 'QWxpY2U', apv: 'Qm9i' });
    expect(header.agreement?.crv).toBe('P-256');
    expect(Buffer.from(header.agreement?.point ?? []).equals(point)).toBe(true);
    expect(Buffer.from(header.agreement?.apu ?? []).toString()).toBe('Alice');
  });

  const zeroPoint = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) };
  it.each([
    ['is missing', undefined],
    ['is a string', 'P-256'],
    ['is an array', [epk]],
    ['is null', null],
    ['has a private part', { ...epk, d: x }],
    ['has a secret', { ...epk, k: x }],
    ['has another kty', { ...epk, kty: 'OKP' }],
    ['has another curve', { ...epk, crv: 'secp256k1' }],
    ['has a curve of Object.prototype', { ...epk, crv: 'constructor' }],
    ['has the coordinates of another curve', { ...epk, crv: 'P-384' }],
    ['has no y', { ...epk, y: undefined }],
    ['has a padded coordinate', { ...epk, x: `${x}=` }],
    ['has white space in a coordinate', { ...epk, x: `${x.slice(0, 20)} ${x.slice(20)}` }],
    ['has a coordinate in base64', { ...epk, x: Buffer.alloc(32, 0xff).toString('base64') }],
    [
      'has a longer coordinate',
      { ...epk, x: Buffer.concat([Buffer.of(0), point.subarray(1, 33)]).toString('base64url') },
    ],
    ['has a coordinate of 7 KiB', { ...epk, x: x.repeat(160) }],
    ['is not on the curve', { ...epk, y: x }],
    ['is zero', zeroPoint],
  ])('refuses an epk that %s', async (_name, value) => {
    expect(await failureOf(() => read({ ...ecdh, epk: value }))).toMatchObject({ code: 'jwe-invalid' });
  });

  it.each(['apu', 'apv'])('refuses %s that is not canonical or too long', async (name) => {
    for (const value of ['QQ==', 'QR', 'Q Q', '+/', 1, null, ['QQ'], 'AAAA'.repeat(86), 'A'.repeat(7000)]) {
      expect(await failureOf(() => read({ ...ecdh, [name]: value }))).toMatchObject({ code: 'jwe-invalid' });
    }
  });

  it('refuses an aad#S256 that is not a hash', async () => {
    for (const value of ['', 'AA', 'A'.repeat(44), `${'A'.repeat(42)}B`, 1, null, {}]) {
      expect(await failureOf(() => read({ ...jwe, 'aad#S256': value }))).toMatchObject({ code: 'jwe-invalid' });
    }
    expect(read({ ...jwe, 'aad#S256': 'A'.repeat(43) }).header.aadHash).toBe('A'.repeat(43));
  });

  it('is read with segments whose form it fixes; the length of the encrypted key is the key’s', async () => {
    const rest = ['', 'A'.repeat(16), '', 'A'.repeat(22)];
    const compact = (segments: readonly string[]): string => [segment(JSON.stringify(jwe)), ...segments].join('.');
    for (const encryptedKey of ['', 'AA', 'A'.repeat(1000)])
      expect(readJwe(compact(rest.with(0, encryptedKey))).encryptedKey).toHaveLength((encryptedKey.length * 3) >> 2);
    for (const index of [0, 1, 2, 3])
      for (const spelling of ['=', '\n', '\r\n', ' ', '\u0000', 'é', '+', '/', 'B', '=='])
        expect(
          await failureOf(async () => readJwe(compact(rest.with(index, `${rest[index] ?? ''}${spelling}`)))),
        ).toMatchObject({ code: 'jwe-invalid' });
  });
});

describe('a JWS', () => {
  it('is refused if its payload or signature is not canonical base64url', async () => {
    const header = segment(JSON.stringify(jws));
    for (const rest of ['AB.AA', 'AA.AB', 'AA==.AA', 'AA.AA=', 'A.AA', 'AA.A', 'A A.AA', 'AA.é']) {
      expect(await failureOf(() => readJws(`${header}.${rest}`))).toMatchObject({ code: 'jws-invalid' });
    }
  });
});
