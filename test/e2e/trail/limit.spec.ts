import { randomBytes } from 'node:crypto';
import { type Key, platformTenantId } from '@ankasecure/contracts';
import { beforeAll, expect, it } from 'vitest';
import { type Client, clientOf, type Method, type Reply } from '../harness/client.js';
import { scrape } from '../harness/metric.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant, tenantAt } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';
import { fill, type Limits } from './fill.js';
import { type Larder, type Recipe, recipes, stock, withoutRecipe } from './recipe.js';

interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Limits }>> };
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, Limits>>>>;
}
interface Row {
  readonly method: Method;
  readonly schema: Limits | undefined;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'];

let rig: Rig;
let tenant: Tenant;
let larder: Larder;
let api: Description;
let rows: Map<string, Row>;

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
  api = await admin.get<Description>('/openapi.json');
  rows = new Map(
    Object.values(api.paths).flatMap((operations) =>
      Object.entries(operations)
        .filter(([method]) => methods.includes(method))
        .map(([method, { operationId, requestBody }]): [string, Row] => {
          const [content] = Object.values(
            (requestBody && resolve(requestBody as Limits & typeof requestBody))?.content ?? {},
          );
          return [operationId, { method: method.toUpperCase() as Method, schema: content?.schema }];
        }),
    ),
  );
});

const resolve = <Value extends Limits>(value: Value): Value => {
  if (value.$ref === undefined) return value;
  const [, , group = '', name = ''] = value.$ref.split('/');
  return resolve(api.components[group]?.[name] as Value);
};

/** Sends the recipe's request, with every member at its limit. The correlation id has the most characters too. */
const send = async ({ operationId, path, query, fixed, etag, by = larder.admin }: Recipe): Promise<Reply> => {
  const { method, schema } = rows.get(operationId) ?? expect.unreachable(`${operationId} is not described`);
  const parameters = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
  return by.send(method, `${path}${parameters}`, {
    headers: {
      'x-correlation-id': randomBytes(32).toString('hex'),
      ...(etag !== undefined && { 'if-match': etag }),
    },
    ...(schema !== undefined && { body: fill(schema, resolve, fixed) }),
  });
};

it('has a call for every route that changes something or uses a key', async () => {
  const changing = [...rows].filter(([, { method }]) => method !== 'GET').map(([operationId]) => operationId);
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
}, 300_000);

it('leaves no event behind that cannot be sealed, and every service says so', async () => {
  for (const [name, url] of Object.entries(rig.observability)) {
    const samples = await scrape(url);
    const quarantined = samples.find((sample) => sample.name === 'ankasecure_outbox_quarantined');
    if (name === 'audit') expect(quarantined).toBeUndefined();
    else expect(quarantined?.value, name).toBe(0);
  }
  for (const database of ['ankadb_gateway', 'ankadb_policy', 'ankadb_keys'] as const)
    expect(await rig.query(database, 'SELECT id FROM outbox WHERE quarantined')).toEqual([]);
});
