import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Key } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ApiDescription, resolve, type Schema } from '../harness/api-description.js';
import { newApplication } from '../harness/application.js';
import type { Client } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, platformClient, type Tenant } from '../harness/tenant.js';
import { eventually } from '../harness/wait.js';

interface Page {
  readonly items: readonly unknown[];
  readonly next: string | null;
}

/** A tenant with several items in every listing. */
interface Filled {
  readonly client: Client;
  readonly key: Key;
  readonly platform: Client;
}

/** Each listing: who may see it, and its path with a filter whose items no test adds to. */
const listings: Readonly<Record<string, (filled: Filled) => readonly [Client, string]>> = {
  listKeys: ({ client }) => [client, '/keys?algorithm=EC-P256'],
  listKeyVersions: ({ client, key }) => [client, `/keys/${key.id}/versions?`],
  getKeyUsage: ({ client, key }) => [client, `/keys/${key.id}/usage?`],
  listAliases: ({ client }) => [client, '/aliases?'],
  listPolicyVersions: ({ client }) => [client, '/policy/versions?'],
  listApprovals: ({ client }) => [client, '/approvals?state=pending'],
  listServiceAccounts: ({ client }) => [client, '/service-accounts?'],
  listIssuers: ({ client }) => [client, '/issuers?'],
  listExclusions: ({ client }) => [client, '/exclusions?'],
  listConnectors: ({ client }) => [client, '/audit/connectors?'],
  queryEvents: ({ client }) => [client, '/audit/events?operation=key.create'],
  listTenants: ({ platform }) => [platform, '/tenants?'],
};
const names = Object.keys(listings);

/** Tables of the product, as long as they are written. */
const tables = ['listAlgorithms', 'listPolicyTemplates'];

/** Checkpoints are added all the time, so no two readings need agree. `read-tree.spec.ts` of the audit service pages through them. */
const growing = ['listCheckpoints'];

const many = 3;

const fill = async (rig: Rig, tenant: Tenant, platform: Client): Promise<Filled> => {
  const { admin: client } = tenant;
  const keys: Key[] = [];
  for (let index = 0; index < many; index++) keys.push(await tenant.createKey({ algorithm: 'EC-P256' }));
  const [key] = keys as [Key];
  for (let index = 0; index < many; index++) {
    await client.put(`/aliases/name-${index}`, { keyId: key.id });
    await client.post(`/keys/${key.id}/rotate`, {});
    await newApplication(rig, tenant, ['user']);
    const issuer = `https://${index}.login.test`;
    const { x = '', y = '' } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
    const own = { kty: 'EC', crv: 'P-256', x, y, alg: 'ES256', kid: 'only' };
    const subjectPrefix = `p${index}:`;
    await client.post('/issuers', { issuer, audience: 'x', algorithms: ['ES256'], subjectPrefix, keys: [own] });
    await client.post('/exclusions', { issuer, subject: `${subjectPrefix}${randomUUID()}` });
    const settings = { kind: 'otlp', url: `https://${index}.otel.test/v1/logs` };
    await client.post('/audit/connectors', { name: `connector ${index}`, enabled: false, settings });
    await tenant.changePolicy({ requiredLabels: [] });
  }
  await tenant.changePolicy({ dualControl: ['destroy'] });
  for (const { id } of keys) await client.send('DELETE', `/keys/${id}`);
  await eventually('the events of the new keys', async () => {
    const { items } = await client.get<Page>('/audit/events?operation=key.create');
    return items.length === many;
  });
  return { client, key, platform };
};

const isListing = (api: ApiDescription, operation: unknown): boolean => {
  const { responses } = operation as { responses: Record<string, { content?: Record<string, { schema: Schema }> }> };
  const schema = responses['200']?.content?.['application/json']?.schema;
  return schema !== undefined && resolve(api, schema).properties?.['items']?.type === 'array';
};

describe('every listing', () => {
  let mine: Filled;
  let theirs: Filled;
  let api: ApiDescription;
  beforeAll(async () => {
    const rig = await sharedRig();
    const platform = await platformClient(rig);
    mine = await fill(rig, await newTenant(rig), platform);
    theirs = await fill(rig, await newTenant(rig), platform);
    api = await mine.client.get<ApiDescription>('/openapi.json');
  });

  const pageOf = async (name: string, filled: Filled, query: string): Promise<Page> => {
    const [client, path] = listings[name]?.(filled) ?? expect.unreachable();
    return client.get<Page>(`${path}&${query}`);
  };
  const cursorOf = async (name: string, filled: Filled): Promise<string> =>
    (await pageOf(name, filled, 'limit=1')).next ?? expect.unreachable(`${name} has one item only`);
  const whole = async (name: string, filled: Filled): Promise<readonly unknown[]> => {
    const items: unknown[] = [];
    for (let query = 'limit=200'; query !== ''; ) {
      const page = await pageOf(name, filled, query);
      items.push(...page.items);
      query = page.next === null ? '' : `limit=200&cursor=${page.next}`;
    }
    return items;
  };
  const expectRefused = async (name: string, cursor: string): Promise<void> => {
    const [client, path] = listings[name]?.(mine) ?? expect.unreachable();
    expectProblem(await client.send('GET', `${path}&cursor=${cursor}`), 'cursor-invalid');
  };

  it('of the API is tried here', () => {
    const described = Object.values(api.paths).flatMap(({ get }) =>
      get !== undefined && isListing(api, get) ? [get.operationId] : [],
    );
    expect(described.toSorted()).toEqual([...names, ...tables, ...growing].toSorted());
  });

  it.each(names)('%s returns each item once, one item a page, in the order of the whole', async (name) => {
    const all = await whole(name, mine);
    expect(all.length).toBeGreaterThanOrEqual(many);
    const seen: unknown[] = [];
    let next: string | null = null;
    do {
      const page: Page = await pageOf(name, mine, `limit=1${next === null ? '' : `&cursor=${next}`}`);
      expect(page.items).toHaveLength(1);
      seen.push(...page.items);
      next = page.next;
    } while (next !== null);
    expect(seen).toEqual(all);
  });

  it.each(names)('%s refuses the cursor of every other listing, of another tenant, and a made-up one', async (name) => {
    for (const other of names.filter((one) => one !== name)) await expectRefused(name, await cursorOf(other, mine));
    if (name !== 'listTenants') await expectRefused(name, await cursorOf(name, theirs));
    for (const bad of ['', 'x', randomUUID(), mine.key.id, `${mine.key.id}.1`]) await expectRefused(name, bad);
  });
});
