import { setTimeout as delay } from 'node:timers/promises';
import type { Key, KeyGrants } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Method } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';

let tenant: Tenant;
beforeAll(async () => {
  tenant = await newTenant(await sharedRig());
});

const send = <Body = unknown>(method: Method, path: string, headers: Record<string, string>, body?: unknown) =>
  tenant.admin.send<Body>(method, path, { headers, ...(body !== undefined && { body }) });
const etagOf = async (path: string): Promise<string> => (await send('GET', path, {})).headers.get('etag') ?? '';

describe('preconditions', () => {
  it('decide whether a resource is read again', async () => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P256' });
    await tenant.admin.put(`/aliases/read-again`, { keyId: id });
    await tenant.admin.put(`/keys/${id}/rotation-policy`, { interval: 'P90D' });
    for (const path of [
      `/keys/${id}`,
      `/keys/${id}/grants`,
      `/keys/${id}/rotation-policy`,
      '/aliases/read-again',
      '/policy',
    ]) {
      const etag = await etagOf(path);
      expect(etag, path).toMatch(/^"[1-9]/);
      const same = await send('GET', path, { 'if-none-match': `"none", W/${etag}` });
      expect([same.status, same.text, same.headers.get('etag')], path).toEqual([304, '', etag]);
      expect((await send('GET', path, { 'if-none-match': '"none"' })).status, path).toBe(200);
      expectProblem(await send('GET', path, { 'if-match': '"none"' }), 'precondition-failed');
    }
  });

  it('see a state that a date has brought about, without a change', async () => {
    const activateAt = new Date(Date.now() + 3000).toISOString();
    const { id, revision } = await tenant.admin.post<Key>('/keys', {
      algorithm: 'EC-P256',
      label: 'later',
      activateAt,
    });
    const before = await etagOf(`/keys/${id}`);
    expect((await send('GET', `/keys/${id}`, { 'if-none-match': before })).status).toBe(304);
    await delay(Date.parse(activateAt) - Date.now() + 500);
    const after = await send<Key>('GET', `/keys/${id}`, { 'if-none-match': before });
    expect([after.status, after.body.state, after.body.revision]).toEqual([200, 'ACTIVE', revision]);
    const current = after.headers.get('etag') ?? '';
    expect((await send('PATCH', `/keys/${id}`, { 'if-match': current }, { label: 'now' })).status).toBe(200);
    expectProblem(
      await send('PATCH', `/keys/${id}`, { 'if-match': current }, { label: 'late' }),
      'precondition-failed',
    );
  });

  it('are obeyed by every change of a key', async () => {
    const { id, revision } = await tenant.createKey({ algorithm: 'EC-P256' });
    const stale = { 'if-match': `"${revision + 7}"` };
    const changes = [
      ['POST', `/keys/${id}/suspend`, {}],
      ['POST', `/keys/${id}/deactivate`, {}],
      ['POST', `/keys/${id}/compromise`, {}],
      ['POST', `/keys/${id}/rotate`, {}],
      ['POST', `/keys/${id}/schedule-destroy`, {}],
      ['PATCH', `/keys/${id}`, { label: 'x' }],
      ['PUT', `/keys/${id}/grants`, { grants: [] }],
      ['PUT', `/keys/${id}/rotation-policy`, { interval: 'P90D' }],
      ['DELETE', `/keys/${id}`, undefined],
      ['DELETE', `/keys/${id}/grants`, undefined],
    ] as const;
    for (const [method, path, body] of changes) {
      expectProblem(await send(method, path, stale, body), 'precondition-failed');
      expectProblem(await send(method, path, { 'if-match': '*', 'if-none-match': '*' }, body), 'precondition-failed');
    }
    expect((await tenant.admin.get<Key>(`/keys/${id}`)).revision).toBe(revision);
    expect((await send('POST', `/keys/${id}/suspend`, { 'if-match': '*' }, {})).status).toBe(200);
  });

  it('of a rotation policy name the revisions of its key, which never start again', async () => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P256' });
    const path = `/keys/${id}/rotation-policy`;
    const first = await send('PUT', path, { 'if-match': await etagOf(`/keys/${id}`) }, { interval: 'P90D' });
    const etag = first.headers.get('etag') ?? '';
    expect([first.status, etag]).toEqual([200, await etagOf(path)]);
    expect((await send('DELETE', path, { 'if-match': etag })).status).toBe(200);
    expectProblem(await send('PUT', path, { 'if-match': etag }, { interval: 'P30D' }), 'precondition-failed');
    await tenant.admin.put(path, { interval: 'P60D' });
    expectProblem(await send('DELETE', path, { 'if-match': etag }), 'precondition-failed');
  });

  it('take any revision with *, where one is required', async () => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P256' });
    const changed = await send<KeyGrants>('PUT', `/keys/${id}/grants`, { 'if-match': '*' }, { grants: [] });
    expect(changed.status).toBe(200);
    expectProblem(await send('PUT', `/keys/${id}/grants`, { 'if-match': 'no tag' }, { grants: [] }), 'request-invalid');
  });
});
