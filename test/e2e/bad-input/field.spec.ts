import { randomUUID } from 'node:crypto';
import { beforeAll, describe, it } from 'vitest';
import type { Method } from '../harness/client.js';
import { openTarget, type Target } from './target.js';

let target: Target;
beforeAll(async () => {
  target = await openTarget();
});

interface Sample {
  readonly method: Method;
  readonly path: string;
  readonly optional: readonly string[];
  readonly body: (target: Target) => Record<string, unknown>;
}

/** A valid request for each route, so that the one changed field is the reason for the refusal. */
const samples: readonly Sample[] = [
  {
    method: 'POST',
    path: '/keys',
    optional: ['purpose', 'alg', 'tenantId'],
    body: ({ tenant }) => ({ algorithm: 'EC-P256', label: 'x', purpose: 'sign', alg: 'ES256', tenantId: tenant.id }),
  },
  {
    method: 'POST',
    path: '/encrypt',
    optional: ['encoding', 'aad'],
    body: ({ keys }) => ({ keyId: keys.wrap.id, plaintext: 'AAAA', encoding: 'base64url', aad: 'AAAA' }),
  },
  {
    method: 'POST',
    path: '/decrypt',
    optional: ['keyId', 'encoding', 'aad'],
    body: ({ keys }) => ({ jwe: 'e30....', keyId: keys.wrap.id, encoding: 'utf8', aad: 'AAAA' }),
  },
  {
    method: 'POST',
    path: '/sign',
    optional: ['encoding', 'format', 'alg'],
    body: ({ keys }) => ({ keyId: keys.sign.id, payload: 'AAAA', encoding: 'utf8', format: 'jws', alg: 'ES256' }),
  },
  {
    method: 'POST',
    path: '/verify',
    optional: ['encoding', 'alg'],
    body: ({ keys }) => ({ keyId: keys.sign.id, payload: 'AAAA', signature: 'AAAA', encoding: 'utf8', alg: 'ES256' }),
  },
  { method: 'POST', path: '/encapsulate', optional: [], body: ({ keys }) => ({ keyId: keys.wrap.id }) },
  {
    method: 'POST',
    path: '/decapsulate',
    optional: ['acceptRisk'],
    body: ({ keys }) => ({ keyId: keys.wrap.id, version: 1, ciphertext: 'A'.repeat(1024), acceptRisk: true }),
  },
  {
    method: 'POST',
    path: '/audit/verify',
    optional: ['fromSeq', 'untilSeq'],
    body: () => ({ fromSeq: 1, untilSeq: 1 }),
  },
  {
    method: 'PUT',
    path: '/policy',
    optional: [],
    body: () => ({ allowedAlgorithms: ['EC-P256'], fipsOnly: false }),
  },
];

const wrong: readonly unknown[] = [null, 1e308, -1, [], {}, [{}], '', '\u0000', '\ud800', `${'x'.repeat(70_000)}!`];
const values: Readonly<Record<string, readonly unknown[]>> = {
  // Any text is a valid plaintext, payload or additional data if the encoding allows it. Those fields have their own rows below.
  plaintext: [null, 7, [], {}, true],
  payload: [null, 7, [], {}, true],
  aad: [null, 7, [], {}, true],
  jwe: [null, 7, [], {}, true, ''],
  signature: [null, 7, [], {}, true, 'AAAAA', 'AA==', 'x'.repeat(70_000)],
  fipsOnly: [null, 0, 'false', 'MODULE', [], {}],
  allowedAlgorithms: [null, 'EC-P256', {}, [null], ['none'], ['EC-P256', 'EC-P256'], [['EC-P256']]],
};

const shown = (value: unknown): string => JSON.stringify(value).slice(0, 24);
describe.each(samples)('$method $path', ({ method, path, optional, body }) => {
  const send = (changed: unknown): Promise<unknown> =>
    target.refused(method, path, { body: changed, headers: { 'if-match': '*' } }, 'request-invalid');

  it('refuses each field with a wrong value', async () => {
    for (const field of Object.keys(body(target)))
      for (const value of values[field] ?? wrong) await send({ ...body(target), [field]: value });
  });

  it('refuses a missing field and an unknown field', async () => {
    for (const field of Object.keys(body(target)))
      if (!optional.includes(field)) {
        const { [field]: _, ...rest } = body(target);
        await send(rest);
      }
    await send({ ...body(target), extra: true });
    await send({ ...body(target), KeyId: randomUUID() });
  });
});

describe('encodings', () => {
  /** Texts that are not canonical base64url: unused bits, length, padding, white space, another alphabet, non-ASCII. */
  const bad = ['AB', 'AAB', 'A', 'AAAAA', 'AA==', 'AA A', 'AAA\n', 'AA+/', 'é', '=', 'AAAA.AAAA', '\u0000AAA'];

  it.each(bad.map((text) => [shown(text), text] as const))('refuse %s for base64url', async (_, text) => {
    const { keys } = target;
    const requests = [
      ['/encrypt', { keyId: keys.wrap.id, plaintext: text }],
      ['/encrypt', { keyId: keys.wrap.id, plaintext: 'AAAA', aad: text }],
      ['/decrypt', { jwe: 'e30....', aad: text }],
      ['/sign', { keyId: keys.sign.id, payload: text }],
      ['/sign', { keyId: keys.sign.id, digest: text, format: 'raw' }],
      ['/verify', { keyId: keys.sign.id, payload: text, signature: 'AAAA' }],
      ['/verify', { keyId: keys.sign.id, payload: 'AAAA', signature: text }],
      ['/verify', { keyId: keys.sign.id, digest: text, signature: 'AAAA' }],
    ] as const;
    for (const [path, body] of requests) await target.refusedOnRecord(path, body, 'request-invalid');
  });

  it('refuse ill-formed UTF-16 for utf8', async () => {
    const { keys } = target;
    const lone = 'a\ud83d';
    for (const [path, body] of [
      ['/encrypt', { keyId: keys.wrap.id, plaintext: lone }],
      ['/encrypt', { keyId: keys.wrap.id, plaintext: '', aad: lone }],
      ['/decrypt', { jwe: 'e30....', aad: lone }],
      ['/sign', { keyId: keys.sign.id, payload: lone }],
      ['/verify', { keyId: keys.sign.id, payload: lone, signature: 'AAAA' }],
      ['/verify', { jws: 'e30..AAAA', payload: lone }],
    ] as const)
      await target.refusedOnRecord(path, { ...body, encoding: 'utf8' }, 'request-invalid');
  });

  it('accept items of up to 1 MiB', async () => {
    const large = 'A'.repeat(1024 * 1024 * 2);
    await target.refusedOnRecord('/encrypt', { keyId: target.keys.wrap.id, plaintext: large }, 'request-invalid');
    await target.refusedOnRecord('/sign', { keyId: target.keys.sign.id, payload: large }, 'request-invalid');
    await target.refusedOnRecord('/decrypt', { jwe: large + large.slice(0, 100) }, 'request-invalid');
    const letters = { text: 'é'.repeat(900_000), encoding: 'utf8' };
    for (const { text, encoding } of [letters, { ...letters, text: `${'é'.repeat(1024 * 512)}x` }]) {
      const { wrap, sign } = target.keys;
      await target.refusedOnRecord('/encrypt', { keyId: wrap.id, plaintext: text, encoding }, 'request-invalid');
      await target.refusedOnRecord(
        '/encrypt',
        { keyId: wrap.id, plaintext: '', aad: text, encoding },
        'request-invalid',
      );
      await target.refusedOnRecord('/sign', { keyId: sign.id, payload: text, encoding }, 'request-invalid');
    }
  });
});
