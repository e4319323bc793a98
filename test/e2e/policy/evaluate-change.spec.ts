import { algorithmNames } from '@ankasecure/algorithm';
import type { EncryptResult, evaluatePolicyChange, Key, SignResult } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventsOf } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';

type Evaluation = z.infer<typeof evaluatePolicyChange.reply>;

/** Waits for this number of events of these keys. Events of two workers are sealed in any order. */
const sealed = ({ admin }: Tenant, keys: readonly Key[], count: number): Promise<unknown> =>
  eventually('sealing', async () => {
    const events = await eventsOf(admin);
    return events.filter(({ keyId }) => keys.some(({ id }) => id === keyId)).length === count;
  });

describe('a proposed policy', () => {
  let tenant: Tenant;
  beforeAll(async () => {
    tenant = await newTenant(await sharedRig());
  });
  const ask = (body: object) => tenant.admin.post<Evaluation>('/policy/evaluate-change', body);

  it('names the keys and the calls that it would refuse, as the policy then does', async () => {
    const client = tenant.admin;
    const [p384, rsa, aes] = [
      await tenant.createKey({ algorithm: 'EC-P384', purpose: 'sign', label: 'legacy' }),
      await tenant.createKey({ algorithm: 'RSA-2048', purpose: 'encrypt' }),
      await tenant.createKey({ algorithm: 'AES-256' }),
    ];
    const sign = () => client.post<SignResult>('/sign', { keyId: p384.id, payload: 'AAAA' });
    const [{ jws }] = [await sign(), await sign(), await sign()];
    await client.post('/verify', { jws });
    await client.post<EncryptResult>('/encrypt', { keyId: aes.id, plaintext: 'AAAA' });
    const { jwe } = await client.post<EncryptResult>('/encrypt', { keyId: rsa.id, plaintext: 'AAAA' });
    await client.post('/decrypt', { jwe });
    await sealed(tenant, [p384, rsa, aes], 10);

    const document = { allowedAlgorithms: [...algorithmNames], fipsOnly: true, cnsa2: true };
    const { versions, operations, policyVersion } = await ask({ document });
    expect([policyVersion, versions.checked, versions.refused, versions.next]).toEqual([1, 3, 2, null]);
    const found = (keyId: string) => versions.items.find((item) => item.keyId === keyId);
    expect(found(p384.id)).toMatchObject({
      label: 'legacy',
      version: 1,
      algorithm: 'EC-P384',
      refused: [{ use: 'protect', reasons: [{ rule: 'cnsa2' }] }],
    });
    expect(found(rsa.id)?.refused.map(({ use }) => use)).toEqual(['protect', 'process']);
    expect(found(aes.id)).toBeUndefined();
    expect(operations).toMatchObject({ checked: 10, refused: 7, complete: true });
    expect(operations?.items.map(({ operation, keyId, count }) => [operation, keyId, count]).toSorted()).toEqual(
      [
        ['sign', p384.id, 3],
        ['encrypt', rsa.id, 1],
        ['decrypt', rsa.id, 1],
        ['key.create', p384.id, 1],
        ['key.create', rsa.id, 1],
      ].toSorted(),
    );
    expect(await tenant.policy(), 'nothing is changed').toMatchObject({ version: 1, fipsOnly: false });

    await tenant.changePolicy(document);
    expectProblem(await client.send('POST', '/sign', { body: { keyId: p384.id, payload: 'AAAA' } }), 'policy-refused');
    expectProblem(await client.send('POST', '/decrypt', { body: { jwe } }), 'policy-refused');
    expect((await client.send('POST', '/verify', { body: { jws } })).status).toBe(200);
    expect((await ask({ document })).versions, 'what is refused already is no news').toMatchObject({
      checked: 3,
      refused: 0,
    });
    await tenant.changePolicy({ fipsOnly: false, cnsa2: false });
  });

  it('considers the uses that versions still have', async () => {
    const own = await newTenant(await sharedRig());
    const { id } = await own.createKey({ algorithm: 'EC-P256' });
    await own.admin.post(`/keys/${id}/rotate`, {});
    const body = { document: { allowedAlgorithms: [], fipsOnly: false } };
    const { versions } = await own.admin.post<Evaluation>('/policy/evaluate-change', body);
    expect(versions.items.map(({ version, refused }) => [version, refused.map(({ use }) => use)])).toEqual([
      [1, ['process']],
      [2, ['protect', 'process']],
    ]);
  });

  it('checks creations with the rules for creation', async () => {
    const own = await newTenant(await sharedRig());
    const client = own.admin;
    const make = (over: object) => client.post<Key>('/keys', { algorithm: 'AES-256', label: 'made', ...over });
    const tenDays = new Date(Date.now() + 10 * 86_400_000).toISOString();
    const [labelled, short] = [await make({ metadata: { owner: 'me' }, deactivateAt: tenDays }), await make({})];
    await client.post(`/keys/${short.id}/rotate`, {});
    await sealed(own, [labelled, short], 3);
    const told = async (change: object) => {
      const document = { allowedAlgorithms: [...algorithmNames], fipsOnly: false, ...change };
      const { operations } = await client.post<Evaluation>('/policy/evaluate-change', { document });
      return operations?.items.map(({ operation, keyId, version, reasons: [reason] }) => [
        operation,
        keyId,
        version,
        reason?.rule,
      ]);
    };
    expect(await told({}), 'nothing changes').toEqual([]);
    expect(await told({ requiredLabels: ['owner'] }), 'a rotation makes no key').toEqual([
      ['key.create', short.id, 1, 'requiredLabels'],
    ]);
    expect(await told({ maxKeyLifeDays: 5 })).toEqual([['key.create', labelled.id, 1, 'maxKeyLifeDays']]);
    expect((await told({ allowedAlgorithms: [] }))?.toSorted()).toEqual(
      [
        ['key.create', labelled.id, 1, 'allowedAlgorithms'],
        ['key.create', short.id, 1, 'allowedAlgorithms'],
        ['key.rotate', short.id, 2, 'allowedAlgorithms'],
      ].toSorted(),
    );
  });

  it('leaves out uses that the state of a version forbids anyway', async () => {
    const own = await newTenant(await sharedRig());
    const { id } = await own.createKey({ algorithm: 'AES-256' });
    await own.admin.post(`/keys/${id}/schedule-destroy`, {});
    const body = { document: { allowedAlgorithms: [], fipsOnly: false } };
    const { versions } = await own.admin.post<Evaluation>('/policy/evaluate-change', body);
    expect(versions).toMatchObject({ checked: 1, refused: 0, items: [] });
  });

  it('is answered page by page', async () => {
    const body = { document: { allowedAlgorithms: [], fipsOnly: false }, limit: 2 };
    const first = await ask(body);
    expect([first.versions.checked, first.versions.refused, first.operations === null]).toEqual([2, 2, false]);
    const second = await ask({ ...body, cursor: first.versions.next });
    expect([second.versions.checked, second.versions.next, second.operations]).toEqual([1, null, null]);
    const ids = [...first.versions.items, ...second.versions.items].map(({ keyId }) => keyId);
    expect(new Set(ids).size).toBe(3);
    const other = { ...body, document: { ...body.document, fipsOnly: true }, cursor: first.versions.next };
    expectProblem(await tenant.admin.send('POST', '/policy/evaluate-change', { body: other }), 'cursor-invalid');
  });
});
