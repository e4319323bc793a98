import { randomUUID } from 'node:crypto';
import type { EncryptResult, SignResult } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import { encodeJson, openTarget, type Target } from './target.js';

/** Kids that name no key, or no version, in all forms that a kid has. */
const kids: Readonly<Record<string, (target: Target) => string>> = {
  'another system’s': () => '2011-04-29',
  'ours, of no key': () => `${randomUUID()}.1`,
  'ours, of another tenant’s key': ({ keys }) => `${keys.theirs.id}.1`,
  'ours, of a version that the key does not have': ({ keys }) => `${keys.sign.id}.7`,
  'ours, with a version that no key can have': ({ keys }) => `${keys.sign.id}.0`,
  'an id': ({ keys }) => keys.sign.id,
};

describe('a kid that names no key', () => {
  let target: Target;
  let jwe: string;
  let jws: string;
  beforeAll(async () => {
    target = await openTarget();
    const { admin } = target.tenant;
    ({ jwe } = await admin.post<EncryptResult>('/encrypt', { keyId: target.keys.wrap.id, plaintext: 'AAAA' }));
    ({ jws = '' } = await admin.post<SignResult>('/sign', { keyId: target.keys.sign.id, payload: 'AAAA' }));
  });

  const withKid = (token: string, kid: string): string => {
    const [header = '', ...rest] = token.split('.');
    const members = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
    return [encodeJson({ ...members, kid }), ...rest].join('.');
  };
  const ask = (path: string, kid: string, rest: object = {}): Promise<Reply<{ detail: string }>> => {
    const item = path === '/decrypt' ? { jwe: withKid(jwe, kid) } : { jws: withKid(jws, kid) };
    return target.tenant.admin.send('POST', path, { body: { ...item, ...rest } });
  };
  const rows = ['/decrypt', '/verify'].flatMap((path) => Object.keys(kids).map((form) => [path, form] as const));

  it.each(rows)('%s: the answer speaks of the kid, if it is %s, and of no id', async (path, form) => {
    const reply = await ask(path, kids[form]?.(target) ?? '');
    expectProblem(reply, 'key-not-found');
    expect(reply.body.detail).toMatch(/^The header’s kid names .*Send keyId or alias\.$/);
  });

  it.each(['/decrypt', '/verify'])('%s: another tenant’s key is as unknown as none', async (path) => {
    const [theirs, none] = [await ask(path, `${target.keys.theirs.id}.1`), await ask(path, `${randomUUID()}.1`)];
    const told = ({ body }: Reply): object => ({ ...(body as object), correlationId: undefined });
    expect(told(theirs)).toEqual(told(none));
  });

  it.each(['/decrypt', '/verify'])('%s: an id or a version in the request is spoken of as such', async (path) => {
    const kid = `${target.keys.sign.id}.7`;
    const [key, version] = [
      await ask(path, kid, { keyId: randomUUID() }),
      await ask(path, kid, { keyId: target.keys.sign.id, version: 9 }),
    ];
    for (const reply of [key, version]) expectProblem(reply, 'key-not-found');
    expect(key.body.detail).toMatch(/no key with this id or alias/);
    expect(version.body.detail).toMatch(/has no version 9/);
  });
});
