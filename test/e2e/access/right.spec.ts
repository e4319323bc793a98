import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { EncryptResult, Key, KeyRight, SignResult } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Client, clientOf, type Method, type Reply } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';

/** The rows of the gateway's table that a user with a right on the key may call. */
const table = readFileSync(fileURLToPath(new URL('../../../apps/gateway/access.golden.md', import.meta.url)), 'utf8');
const cells = (line: string): string[] => line.split('|').map((cell) => cell.trim().replaceAll('`', ''));
const [heading = [], ...rows] = table
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map(cells);
const granted = rows.flatMap((row): (readonly [route: string, rights: readonly KeyRight[]])[] => {
  const of = (column: string): string => row[heading.indexOf(column)] ?? '';
  return of('right on the key') !== '' && of('user') === 'yes'
    ? [[of('Route'), of('right on the key').split(' ') as KeyRight[]]]
    : [];
});

/** The parameters, body and headers that a call needs. */
interface RequestParts {
  readonly body?: object;
  readonly matches?: true;
}

let rig: Rig;
let tenant: Tenant;
let user: Client;
let signing: Key;
let wrapping: Key;
let encapsulating: Key;
let jwe: string;
let jws: string;
let wrapped: string;
const jwk = { kty: 'oct', k: 'AAAA' };

const sent: Readonly<Record<string, (key: Key) => RequestParts>> = {
  'PUT /keys/{id}/grants': () => ({ body: { grants: [] }, matches: true }),
  'PATCH /keys/{id}': () => ({ body: { label: 'theirs' }, matches: true }),
  'POST /keys/{id}/revoke': () => ({ body: { reason: 'superseded' } }),
  'PUT /keys/{id}/rotation-policy': () => ({ body: { interval: 'P1D' } }),
  'PUT /keys/{id}/certificate': () => ({ body: { x5c: ['AAAA'] } }),
  'POST /keys/{id}/csr': () => ({ body: { subject: [{ CN: 'theirs' }] } }),
  'POST /encrypt': () => ({ body: { keyId: wrapping.id, plaintext: 'AAAA' } }),
  'POST /decrypt': () => ({ body: { jwe } }),
  'POST /sign': () => ({ body: { keyId: signing.id, payload: 'AAAA' } }),
  'POST /verify': () => ({ body: { jws } }),
  'POST /wrap': () => ({ body: { keyId: wrapping.id, jwk } }),
  'POST /unwrap': () => ({ body: { jwe: wrapped } }),
  'POST /datakey': ({ id }) => ({ body: { keyId: id } }),
  'POST /resign': () => ({ body: { jws } }),
  'POST /reencrypt': () => ({ body: { jwe } }),
  'POST /encapsulate': () => ({ body: { keyId: encapsulating.id } }),
  'POST /decapsulate': () => ({ body: { keyId: encapsulating.id, version: 1, ciphertext: 'A'.repeat(1024) } }),
};
const aliasOf = ({ id }: Key): string => `a-${id}`;
const nothing = (): RequestParts => ({ body: {} });

const attempt = async (route: string, key: Key): Promise<Reply> => {
  const [method, path] = route.split(' ') as [Method, string];
  const { body, matches } = (sent[route] ?? nothing)(key);
  const etag = matches && (await tenant.admin.send('GET', `/keys/${key.id}`)).headers.get('etag');
  return user.send(method, path.replace('{id}', key.id).replace('{version}', '1').replace('{name}', aliasOf(key)), {
    ...(method !== 'GET' && method !== 'DELETE' && { body }),
    ...(etag && { headers: { 'if-match': etag } }),
  });
};

const grant = async ({ id }: Key, rights: readonly KeyRight[]): Promise<void> => {
  const etag = (await tenant.admin.send('GET', `/keys/${id}/grants`)).headers.get('etag') ?? '';
  const grants = rights.length === 0 ? [] : [{ kind: 'subject', grantee: 'alice', rights }];
  await tenant.admin.put(`/keys/${id}/grants`, { grants }, { 'if-match': etag });
};

/** The key for each crypto call. */
const keyFor = async (route: string): Promise<Key> => {
  if (route.includes('/keys/')) return tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
  if (route.includes('/aliases/')) await tenant.admin.put(`/aliases/${aliasOf(signing)}`, { keyId: signing.id });
  if (route.includes('datakey')) return tenant.createKey({ algorithm: 'AES-256' });
  if (route.includes('capsulate')) return encapsulating;
  return /crypt|wrap/.test(route) ? wrapping : signing;
};

beforeAll(async () => {
  rig = await sharedRig();
  tenant = await newTenant(rig);
  user = clientOf(rig.baseUrl, await rig.mint({ tenantId: tenant.id, subject: 'alice', roles: ['user'] }));
  signing = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
  wrapping = await tenant.createKey({ algorithm: 'AES-256' });
  await tenant.changePolicy({ custody: ['token', 'wrapped', 'software'], rawKem: true });
  encapsulating = await tenant.createKey({ algorithm: 'ML-KEM-512', purpose: 'encapsulate', custody: 'software' });
  jwe = (await tenant.admin.post<EncryptResult>('/encrypt', { keyId: wrapping.id, plaintext: 'AAAA' })).jwe;
  wrapped = (await tenant.admin.post<EncryptResult>('/wrap', { keyId: wrapping.id, jwk })).jwe;
  jws = (await tenant.admin.post<SignResult>('/sign', { keyId: signing.id, payload: 'AAAA' })).jws ?? '';
});

const crypto = ['encrypt', 'decrypt', 'sign', 'verify', 'encapsulate', 'decapsulate'].map((name) => `use:${name}`);

it('there are routes that use, manage and view a key', () => {
  expect(new Set(granted.flatMap(([, rights]) => rights))).toEqual(new Set([...crypto, 'manage', 'view']));
});

describe.each([
  ['/sign', () => ({ keyId: signing.id, payload: 'AAAA' })],
  ['/sign', () => ({ alias: aliasOf(signing), payload: 'AAAA' })],
  ['/verify', () => ({ jws })],
  ['/encrypt', () => ({ keyId: wrapping.id, plaintext: 'AAAA' })],
] as const)('a dry run of %s', (path, body) => {
  it('tells a user without a grant nothing about the key', async () => {
    await tenant.admin.put(`/aliases/${aliasOf(signing)}`, { keyId: signing.id });
    const stranger = clientOf(rig.baseUrl, await rig.mint({ tenantId: tenant.id, subject: 'bob', roles: ['user'] }));
    const sending = { body: body() };
    const { text } = await stranger.send('POST', `${path}?dryRun=true`, sending);
    expect(text).toContain('key-access-denied');
    const told = [signing.algorithm, wrapping.algorithm, '"custody"', '"purpose"'];
    for (const word of told) expect(text).not.toContain(word);
    if ('alias' in sending.body) expect(text).not.toContain(signing.id);
  });
});

describe.each(granted)('%s', (route, rights) => {
  it('is refused to a user without a grant, and recorded', async () => {
    const key = await keyFor(route);
    await grant(key, []);
    const reply = await attempt(route, key);
    expectProblem(reply, 'key-access-denied');
    const [event] = await sealedEvents(tenant.admin, reply.correlationId);
    const about = route.includes('/aliases/') ? { keyId: null, details: { alias: aliasOf(key) } } : { keyId: key.id };
    expect(event).toMatchObject({ ...about, userId: 'alice', failureCode: 'key-access-denied' });
  });

  it(`is not refused to a user with ${rights.join(' and ')} on the key`, async () => {
    const key = await keyFor(route);
    await grant(key, rights);
    expect((await attempt(route, key)).text).not.toContain('access-denied');
  });
});
