import type { ErrorCode } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { openTarget, type Target } from './target.js';

let target: Target;
beforeAll(async () => {
  target = await openTarget();
});

const routes = [
  ...(
    ['/keys', '/encrypt', '/decrypt', '/sign', '/verify', '/encapsulate', '/decapsulate', '/audit/verify'] as const
  ).map((path) => ['POST', path] as const),
  ['PUT', '/policy'] as const,
  ['POST', '/keys/00000000-0000-4000-8000-000000000000/suspend'] as const,
];
/** Routes whose body is optional. */
const takesNothing = (path: string): boolean => path.endsWith('/suspend');

const utf8 = (...parts: readonly (string | number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));
const nested = (open: string, close: string): string => `{"keyId":${open.repeat(20_000)}${close.repeat(20_000)}}`;

/** Bodies that no route accepts. */
const bodies: readonly (readonly [what: string, body: string | Uint8Array, code: ErrorCode])[] = [
  ['nothing', '', 'body-malformed'],
  ['white space', ' \n', 'body-malformed'],
  ['no JSON', 'keyId=1', 'body-malformed'],
  ['truncated JSON', '{"keyId":"', 'body-malformed'],
  ['a comma too many', '{"keyId":"x",}', 'body-malformed'],
  ['two documents', '{}{}', 'body-malformed'],
  ['NaN', '{"keyId":NaN}', 'body-malformed'],
  ['a byte order mark', '\ufeff{}', 'body-malformed'],
  ['ill-formed UTF-8', utf8('{"keyId":"', [0xc3, 0x28], '"}'), 'body-malformed'],
  ['overlong UTF-8', utf8('{"keyId":"', [0xc0, 0xaf], '"}'), 'body-malformed'],
  ['UTF-16', Buffer.from('{}', 'utf16le'), 'body-malformed'],
  ['a raw NUL', utf8('{"keyId":"', [0], '"}'), 'body-malformed'],
  ['null', 'null', 'request-invalid'],
  ['a string', '"x"', 'request-invalid'],
  ['a number beyond all bounds', '1e999', 'request-invalid'],
  ['a list', '[]', 'request-invalid'],
  ['an unknown field', '{"unknown":1}', 'request-invalid'],
  ['__proto__', '{"__proto__":{"keyId":"x"}}', 'request-invalid'],
  ['constructor', '{"constructor":{"prototype":{"isAdmin":true}}}', 'request-invalid'],
  ['objects 20,000 deep', nested('{"a":', '}').replace('{"a":}', '{"a":1}'), 'request-invalid'],
  ['lists 20,000 deep', nested('[', ']'), 'request-invalid'],
  [
    '100,000 unknown fields',
    JSON.stringify(Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`f${index}`, index]))),
    'request-invalid',
  ],
];

describe.each(routes)('%s %s', (method, path) => {
  const headers = method === 'PUT' ? { 'if-match': '"1"' } : {};

  it.each(bodies.filter(([what]) => what !== 'nothing' || !takesNothing(path)))('refuses %s', async (_, body, code) => {
    const reply = await target.refused(method, path, { body, headers }, code);
    expect(reply.text.length, 'the answer repeats nothing').toBeLessThan(1500);
  });

  it('refuses more than 4 MiB', async () => {
    // Few clients read an answer while they still send, so the test only requires that the gateway refuses by the length alone.
    const body = Buffer.alloc(4 * 1024 * 1024 + 1, ' ');
    const refusal = target.refused(method, path, { body, headers }, 'body-too-large');
    await refusal.catch((error: unknown) => expect(String(error)).toMatch(/fetch failed/));
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'multipart/form-data; boundary=x'])(
    'refuses %s',
    async (type) => {
      await target.refused(
        method,
        path,
        { body: '{}', headers: { ...headers, 'content-type': type } },
        'media-type-unsupported',
      );
    },
  );

  it('refuses query parameters', async () => {
    await target.refused(method, `${path}?keyId=1`, { body: '{}', headers }, 'request-invalid');
  });
});
