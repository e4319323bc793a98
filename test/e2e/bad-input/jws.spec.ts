import type { ErrorCode, SignResult } from '@ankasecure/contracts';
import { beforeAll, describe, it } from 'vitest';
import { encodeJson, encodeText, openTarget, type Target } from './target.js';

let target: Target;
let jws: string;
beforeAll(async () => {
  target = await openTarget();
  const request = { keyId: target.keys.sign.id, payload: 'AAAA' };
  jws = (await target.tenant.admin.post<SignResult>('/sign', request)).jws ?? '';
});

const refused = (changed: string, code: ErrorCode = 'jws-invalid', rest: object = {}): Promise<void> =>
  target.refusedOnRecord('/verify', { jws: changed, ...rest }, code);
const withHeader = (header: string): string => jws.split('.').with(0, header).join('.');
const kid = (): string => `${target.keys.sign.id}.1`;

describe('a JWS header', () => {
  const members: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['alg none', { alg: 'none' }],
    ['alg NONE', { alg: 'NoNe' }],
    ['no alg', { alg: undefined }],
    ['alg that is no text', { alg: 7 }],
    ['an extension nobody knows', { crit: ['exp'], exp: 1 }],
    ['an unencoded payload', { crit: ['b64'], b64: false }],
    ['b64 without crit', { b64: false }],
    ['a kid that is no text', { kid: 1 }],
    ['hundreds of KiB', { x: 'x'.repeat(500_000) }],
  ];
  it.each(members)('with %s is refused', async (_, changed) => {
    await refused(withHeader(encodeJson({ alg: 'ES256', kid: kid(), ...changed })));
  });

  it.each([
    ['a member twice', '{"alg":"ES256","alg":"HS256"}'],
    ['a member twice, once escaped', '{"alg":"ES256","\\u0061lg":"HS256"}'],
    ['a byte order mark', '\ufeff{"alg":"ES256"}'],
    ['deep nesting', `{"alg":"ES256","x":${'['.repeat(2000)}${']'.repeat(2000)}}`],
    ['a lone surrogate', '{"alg":"ES256","x":"\\udc00"}'],
    ['a list for an object', '["alg","ES256"]'],
    ['no JSON', 'alg=ES256'],
  ])('with %s is refused', async (_, text) => {
    await refused(withHeader(encodeText(text)));
  });

  it('names only keys of this tenant', async () => {
    const { keys } = target;
    for (const other of [
      '../x',
      "' OR 1=1 --",
      'a\u0000b',
      '',
      keys.sign.id,
      `${keys.sign.id}.2`,
      `${keys.theirs.id}.1`,
    ])
      await refused(withHeader(encodeJson({ alg: 'ES256', kid: other })), 'key-not-found');
    await refused(jws, 'key-not-found', { keyId: keys.theirs.id });
    await refused(jws, 'algorithm-mismatch', { keyId: keys.mac.id });
    await refused(withHeader(encodeJson({ alg: 'ES256' })), 'request-invalid');
  });

  it('does not choose the algorithm: a public key is not a MAC key', async () => {
    for (const alg of ['HS256', 'HS512', 'RS256', 'ES384', 'EdDSA'])
      await refused(withHeader(encodeJson({ alg, kid: kid() })), 'algorithm-mismatch');
    const mac = encodeJson({ alg: 'ES256', kid: `${target.keys.mac.id}.1` });
    await refused(withHeader(mac), 'algorithm-mismatch');
  });
});

describe('a compact JWS', () => {
  it('has three segments of canonical base64url', async () => {
    const [header = '', payload = '', signature = ''] = jws.split('.');
    const spoilt = [
      `${header}.${payload}`,
      `${jws}.`,
      `${jws}.AAAA.AAAA`,
      '..',
      '.',
      `${header}${payload}${signature}`,
      `${header}=.${payload}.${signature}`,
      `${header}.${payload}=.${signature}`,
      `${header}.${payload}.${signature}=`,
      `${header}.AB.${signature}`,
      `${header}.A A.${signature}`,
      `${header}.${payload}.${signature}\n`,
      `${header}.${payload}.A`,
    ];
    for (const text of spoilt) await refused(text);
  });

  it('is accepted only with matching fields', async () => {
    const { keys } = target;
    const claim = { keyId: keys.sign.id, signature: 'AAAA' };
    await refused(jws, 'request-invalid', { digest: 'AAAA' });
    await refused(jws, 'request-invalid', { signature: 'AAAA' });
    await refused(jws, 'request-invalid', { payload: 'AAAA' });
    await refused(jws, 'algorithm-mismatch', { alg: 'HS256' });
    for (const body of [
      claim,
      { ...claim, payload: 'AAAA', digest: 'AAAA' },
      { signature: 'AAAA', payload: 'AAAA' },
      { keyId: keys.sign.id },
    ])
      await target.refusedOnRecord('/verify', body, 'request-invalid');
  });
});
