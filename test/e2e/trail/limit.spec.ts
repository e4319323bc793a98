import { randomBytes } from 'node:crypto';
import { type Key, platformTenantId } from '@ankasecure/contracts';
import { beforeAll, expect, it } from 'vitest';
import { type ApiDescription, type DescribedOperation, operationsOf } from '../harness/api-description.js';
import { type Client, clientOf, type Reply } from '../harness/client.js';
import { valueOf } from '../harness/metric.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant, tenantAt } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';
import { fill } from './fill.js';
import { type Larder, stock } from './larder.js';
import { type Recipe, recipes, withoutRecipe } from './recipe.js';

let rig: Rig;
let tenant: Tenant;
let larder: Larder;
let api: ApiDescription;
let operations: Map<string, DescribedOperation>;

/** A client whose subject has the most characters. */
const clientAs = async (tenantId: string, roles: Parameters<Tenant['as']>[0], first: string): Promise<Client> =>
  clientOf(rig.baseUrl, await rig.mint({ tenantId, subject: first.padEnd(256, '"'), roles }));

beforeAll(async () => {
  rig = await sharedRig();
  tenant = await newTenant(rig);
  const admin = await clientAs(tenant.id, ['tenant-admin', 'application-admin', 'user', 'auditor'], 'admin');
  const key = async (after: readonly string[] = []): Promise<Key> => {
    const made = await admin.post<Key>('/keys', { algorithm: 'EC-P256', purpose: 'sign', label: 'x' });
    for (const verb of after) {
      const etag = (await admin.send('GET', `/keys/${made.id}`)).headers.get('etag') ?? '';
      await admin.post(`/keys/${made.id}/${verb}`, {}, { 'if-match': etag });
    }
    return made;
  };
  larder = {
    ...(await stock()),
    tenant,
    admin,
    second: await clientAs(tenant.id, ['tenant-admin'], 'second'),
    platform: await clientAs(platformTenantId, ['platform-admin'], 'platform'),
    key,
  };
  api = await admin.get<ApiDescription>('/openapi.json');
  operations = new Map(operationsOf(api).map((operation) => [operation.operationId, operation]));
});

/** Sends the recipe's request, with every member at its limit. The correlation id has the most characters too. */
const send = async ({ operationId, path, query, fixed, etag, by = larder.admin }: Recipe): Promise<Reply> => {
  const { method, bodies } = operations.get(operationId) ?? expect.unreachable(`${operationId} is not described`);
  const [schema] = bodies;
  const parameters = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
  return by.send(method, `${path}${parameters}`, {
    headers: {
      'x-correlation-id': randomBytes(32).toString('hex'),
      ...(etag !== undefined && { 'if-match': etag }),
    },
    ...(schema !== undefined && { body: fill(api, schema, fixed) }),
  });
};

it('has a call for every route that changes something or uses a key', async () => {
  const changing = [...operations.values()].flatMap(({ operationId, method }) =>
    method === 'GET' ? [] : [operationId],
  );
  const covered = new Set(Object.keys(withoutRecipe));
  // The recipes run here, so that the next test finds what they left.
  for (const group of recipes)
    for (const recipe of await group(larder)) {
      covered.add(recipe.operationId);
      const reply = await send(recipe);
      const about = `${recipe.operationId} ${recipe.path.slice(0, 60)}: ${reply.text.slice(0, 400)}`;
      expect(recipe.status === undefined ? reply.status < 202 : reply.status === recipe.status, about).toBe(true);
      const reader = recipe.by === larder.platform ? (await tenantAt(rig, platformTenantId)).admin : tenant.admin;
      const events = await sealedEvents(reader, reply.correlationId, recipe.events);
      // A worker that carries the work on reports under the same correlation id.
      const own = events.filter(({ userId }) => userId !== 'crypto-worker');
      expect(own.length, about).toBeGreaterThan(0);
      expect(
        own.every(({ userId }) => userId.length === 256),
        about,
      ).toBe(true);
    }
  expect(changing.filter((operationId) => !covered.has(operationId))).toEqual([]);
});

it('leaves no event behind that cannot be sealed, and every service says so', async () => {
  for (const [name, url] of Object.entries(rig.observability)) {
    const quarantined = await valueOf(url, 'ankasecure_outbox_quarantined');
    if (name === 'audit') expect(quarantined).toBeUndefined();
    else expect(quarantined, name).toBe(0);
  }
  for (const database of ['ankadb_gateway', 'ankadb_policy', 'ankadb_keys'] as const)
    expect(await rig.query(database, 'SELECT id FROM outbox WHERE quarantined')).toEqual([]);
});
