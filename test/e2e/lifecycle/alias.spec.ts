import type { Alias, DecryptResult, Key, SignResult, VerifyResult } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';

let tenant: Tenant;
let old: Key;
let fresh: Key;
beforeAll(async () => {
  tenant = await newTenant(await sharedRig());
  old = await tenant.createKey({ algorithm: 'EC-P256' });
  fresh = await tenant.createKey({ algorithm: 'EC-P256' });
});

const name = (alias: string, keyId: string): Promise<Alias> => tenant.admin.put(`/aliases/${alias}`, { keyId });
const signed = (alias: string): Promise<SignResult> =>
  tenant.admin.post<SignResult>('/sign', { alias, payload: 'hello', encoding: 'utf8' });

describe('a key’s alias', () => {
  it('names the key in encrypt and sign, and the answer gives the key’s id', async () => {
    const aes = await tenant.createKey({ algorithm: 'AES-256' });
    await name('documents', aes.id);
    const sealed = await tenant.admin.post<{ jwe: string; keyId: string }>('/encrypt', {
      alias: 'documents',
      plaintext: 'hello',
      encoding: 'utf8',
    });
    expect(sealed.keyId).toBe(aes.id);
    const opened = await tenant.admin.post<{ plaintext: string }>('/decrypt', { jwe: sealed.jwe, encoding: 'utf8' });
    expect(opened.plaintext).toBe('hello');
    await name('invoices', old.id);
    expect((await signed('invoices')).keyId).toBe(old.id);
  });

  it('names the key in decrypt and verify too, with any version, whatever key the kid names', async () => {
    const aes = await tenant.createKey({ algorithm: 'AES-256' });
    await name('archive', aes.id);
    const { jwe } = await tenant.admin.post<{ jwe: string }>('/encrypt', { alias: 'archive', plaintext: 'AAAA' });
    await tenant.admin.post(`/keys/${aes.id}/rotate`, {});
    const open = (item: object) => tenant.admin.send<DecryptResult>('POST', '/decrypt', { body: { jwe, ...item } });
    for (const item of [{ alias: 'archive' }, { alias: 'archive', version: 1 }])
      expect((await open(item)).body).toMatchObject({ keyId: aes.id, version: 1, plaintext: 'AAAA' });
    expectProblem(await open({ alias: 'archive', keyId: aes.id }), 'request-invalid');
    expectProblem(await open({ alias: 'unheard-of' }), 'alias-not-found');
    await name('archive', old.id);
    expectProblem(await open({ alias: 'archive' }), 'purpose-mismatch');
    await name('archive', aes.id);
    expect((await open({ alias: 'archive' })).status).toBe(200);

    await name('seals', old.id);
    const item = { payload: 'hello', encoding: 'utf8' };
    const { signature } = await tenant.admin.post<SignResult>('/sign', { alias: 'seals', ...item, format: 'raw' });
    const check = (alias: string) =>
      tenant.admin.post<VerifyResult>('/verify', { alias, signature, ...item, alg: 'ES256' });
    expect(await check('seals')).toMatchObject({ valid: true, keyId: old.id });
    await name('seals', fresh.id);
    expect(await check('seals')).toMatchObject({ valid: false, keyId: fresh.id });
  });

  it('names the key in a path, and what is decided concerns the key that it named', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P256' });
    await name('in-path', key.id);
    expect(await tenant.admin.get('/keys/in-path')).toEqual(key);
    expect(await tenant.admin.get(`/keys/${key.id.toUpperCase()}`)).toEqual(key);
    expect(await tenant.admin.get<{ keyId: string }>('/keys/in-path/public-key')).toMatchObject({ keyId: key.id });
    expect(await tenant.admin.post<Key>('/keys/in-path/suspend', {})).toMatchObject({ id: key.id, state: 'SUSPENDED' });
    const gone = await tenant.admin.send<Key>('DELETE', '/keys/in-path');
    expect(gone.body).toMatchObject({ id: key.id, state: 'DESTROY_SCHEDULED' });
    const [event] = await sealedEvents(tenant.admin, gone.correlationId);
    expect(event).toMatchObject({ operation: 'key.schedule-destroy', keyId: key.id });
    expectProblem(await tenant.admin.send('GET', '/keys/no-such-alias'), 'key-not-found');
    const put = tenant.admin.send('PUT', `/aliases/${old.id}`, { body: { keyId: old.id } });
    expectProblem(await put, 'request-invalid');
  });

  it('names another key as soon as the change is answered', async () => {
    await name('moving', old.id);
    for (let round = 0; round < 20; round++) {
      const [from, to] = round % 2 === 0 ? [old, fresh] : [fresh, old];
      expect((await signed('moving')).keyId).toBe(from.id);
      await name('moving', to.id);
      // Loads the old key into the workers' caches again.
      await tenant.admin.post('/sign', { keyId: from.id, payload: 'AAAA' });
      expect((await signed('moving')).keyId).toBe(to.id);
    }
  });

  it('follows its key to new versions', async () => {
    await name('rotating', fresh.id);
    const before = await signed('rotating');
    await tenant.admin.post(`/keys/${fresh.id}/rotate`, {});
    expect((await signed('rotating')).version).toBe(before.version + 1);
  });

  it('can be read, listed and deleted', async () => {
    for (const alias of ['list-b', 'list-a']) await name(alias, old.id);
    const first = await tenant.admin.get<{ items: Alias[]; next: string }>(`/aliases?keyId=${old.id}&limit=1`);
    expect(first.next).not.toBeNull();
    expect(await tenant.admin.get('/aliases/list-a')).toMatchObject({ name: 'list-a', keyId: old.id, revision: 1 });
    const gone = await tenant.admin.send<Alias>('DELETE', '/aliases/list-a');
    expect([gone.status, gone.body.keyId]).toEqual([200, old.id]);
    expectProblem(await tenant.admin.send('GET', '/aliases/list-a'), 'alias-not-found');
    expectProblem(
      await tenant.admin.send('POST', '/sign', { body: { alias: 'list-a', payload: 'AAAA' } }),
      'alias-not-found',
    );
    const [event] = await sealedEvents(tenant.admin, gone.correlationId);
    expect(event).toMatchObject({
      operation: 'alias.delete',
      keyId: old.id,
      details: { alias: 'list-a', was: old.id },
    });
  });

  it('is changed only from its current revision, if the caller sends one', async () => {
    const { revision } = await name('guarded', old.id);
    const send = (seen: number) =>
      tenant.admin.send<Alias>('PUT', '/aliases/guarded', {
        body: { keyId: fresh.id },
        headers: { 'if-match': `"${seen}"` },
      });
    expectProblem(await send(revision + 1), 'precondition-failed');
    const moved = await send(revision);
    expect([moved.status, moved.headers.get('etag')]).toEqual([200, `"${revision + 1}"`]);
  });

  it('never has the revision of an earlier alias of its name', async () => {
    const first = await name('again', old.id);
    await tenant.admin.send('DELETE', '/aliases/again');
    const second = await name('again', fresh.id);
    expect(second.revision).toBeGreaterThan(first.revision);
    const late = { headers: { 'if-match': `"${first.revision}"` } };
    expectProblem(await tenant.admin.send('DELETE', '/aliases/again', late), 'precondition-failed');
    expectProblem(
      await tenant.admin.send('PUT', '/aliases/again', { body: { keyId: old.id }, ...late }),
      'precondition-failed',
    );
  });

  it('is only created with If-None-Match: *, and only changed with If-Match: *', async () => {
    const put = (headers: Record<string, string>) =>
      tenant.admin.send<Alias>('PUT', '/aliases/once', { body: { keyId: old.id }, headers });
    expectProblem(await put({ 'if-match': '*' }), 'precondition-failed');
    expect((await put({ 'if-none-match': '*' })).status).toBe(200);
    expectProblem(await put({ 'if-none-match': '*' }), 'precondition-failed');
    const changed = await put({ 'if-match': '*' });
    expect(changed.status).toBe(200);
    const [mine, none] = [`"${changed.body.revision}"`, `"${changed.body.revision + 1}"`];
    expectProblem(await put({ 'if-match': `W/${mine}` }), 'precondition-failed');
    expectProblem(await put({ 'if-none-match': `W/${mine}` }), 'precondition-failed');
    expect((await put({ 'if-match': `${none}, ${mine}` })).status).toBe(200);
  });

  it('is refused if it is not valid, and if a key is named twice or not at all', async () => {
    const put = (alias: string) => tenant.admin.send('PUT', `/aliases/${alias}`, { body: { keyId: old.id } });
    for (const bad of ['-x', 'a%20b', 'a%2Fb', 'a'.repeat(129), '%00'])
      expectProblem(await put(bad), 'request-invalid');
    const sign = (named: object) => tenant.admin.send('POST', '/sign', { body: { ...named, payload: 'AAAA' } });
    expectProblem(await sign({ keyId: old.id, alias: 'invoices' }), 'request-invalid');
    expectProblem(await sign({}), 'request-invalid');
  });
});
