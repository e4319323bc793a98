import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Key, platformTenantId, type Tenant } from '@ankasecure/contracts';
import { type Stack, startStack } from '@ankasecure/local';
import { type Api, apiOf } from './api.js';

/** The claim of this measurement, and the meaning of a failure. */
const bounds = { slowerThanToken: 2, slowerWithMany: 1.5 };

const concurrency = 8;
/** The number of keys in use at a time: half of those that a lane keeps unwrapped. */
const workingSet = 100;
const rounds = 5;
const usesPerRound = 2_000;

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Runs `work` for every item, a few at a time. @returns the milliseconds of each */
const each = async <Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<number[]> => {
  const times: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const start = performance.now();
      await work(items[next++] as Item);
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return times;
};

const someOf = <Item>(items: readonly Item[], count: number): Item[] =>
  Array.from({ length: count }, () => items[Math.floor(Math.random() * items.length)] as Item);

interface TenantClient {
  readonly api: Api;
  readonly get: (path: string) => Promise<unknown>;
}

const openTenant = async (stack: Stack): Promise<TenantClient> => {
  const platform = await stack.mint({ tenantId: platformTenantId, subject: 'bench', roles: ['platform-admin'] });
  const { id } = await apiOf(stack.baseUrl, platform).post<Tenant>('/tenants', { slug: 'many', name: 'Many keys' });
  const roles = ['tenant-admin', 'application-admin', 'user'] as const;
  const token = await stack.mint({ tenantId: id, subject: 'bench', roles });
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`${stack.baseUrl}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw new Error(`GET ${path} was answered ${response.status}`);
    return response.json();
  };
  return { api: apiOf(stack.baseUrl, token), get };
};

const create = async ({ api }: TenantClient, custody: 'token' | 'wrapped'): Promise<string> =>
  (await api.post<Key>('/keys', { algorithm: 'EC-P256', label: custody, custody })).id;

const sign = ({ api }: TenantClient, keyId: string): Promise<unknown> => api.post('/sign', { keyId, payload: 'AAAA' });

interface Growth {
  readonly created: number;
  readonly found: number;
}

/** Creates the next keys and measures the creation, the first read and the first use of one. */
const grow = async (client: TenantClient, ids: string[], count: number): Promise<Growth> => {
  const created = median(
    await each(Array.from({ length: count }), async () => ids.push(await create(client, 'wrapped'))),
  );
  const found = median(await each(someOf(ids, 200), (id) => client.get(`/keys/${id}`)));
  const first = median(await each(ids.slice(-100), (id) => sign(client, id)));
  print(
    `  ${String(ids.length).padStart(6)} keys   create ${created.toFixed(1)} ms   read ${found.toFixed(1)} ms   first use ${first.toFixed(1)} ms`,
  );
  return { created, found };
};

/** The signatures per second with `ids`, which are all warm. */
const warmRate = async (client: TenantClient, ids: readonly string[]): Promise<number> => {
  const start = performance.now();
  await each(someOf(ids, usesPerRound), (id) => sign(client, id));
  return (1000 * usesPerRound) / (performance.now() - start);
};

const compareWarm = async (client: TenantClient, wrapped: readonly string[]): Promise<number> => {
  const token: string[] = [];
  for (let index = 0; index < workingSet; index++) token.push(await create(client, 'token'));
  const rates = { token: [] as number[], wrapped: [] as number[] };
  const sets = { token, wrapped: wrapped.slice(-workingSet) };
  for (const ids of Object.values(sets)) for (let time = 0; time < 4; time++) await each(ids, (id) => sign(client, id));
  for (let round = 0; round < rounds; round++)
    for (const custody of ['token', 'wrapped'] as const) rates[custody].push(await warmRate(client, sets[custody]));
  const [ofToken, ofWrapped] = [median(rates.token), median(rates.wrapped)];
  print(`  warm, ${workingSet} keys in turn: token ${ofToken.toFixed(0)}/s, wrapped ${ofWrapped.toFixed(0)}/s`);
  return ofToken / ofWrapped;
};

const { values } = parseArgs({ options: { keys: { type: 'string', default: '10000' } } });
const keys = Number(values.keys);
const dataDirectory = mkdtempSync(join(tmpdir(), 'anka-wrapped-'));
const stack = await startStack({ dataDirectory, workers: 1 });
try {
  const client = await openTenant(stack);
  const ids: string[] = [];
  const growth: Growth[] = [];
  // The first calls warm up and are not measured.
  await grow(client, ids, 50);
  for (let step = 1; step <= 10; step++)
    growth.push(await grow(client, ids, Math.round((keys * step) / 10) - ids.length));
  const slower = await compareWarm(client, ids);
  const [first, last] = [growth[0], growth.at(-1)] as [Growth, Growth];
  const ratios = {
    [`warm use, token to wrapped (at most ${bounds.slowerThanToken})`]: slower / bounds.slowerThanToken,
    [`creation, last to first (at most ${bounds.slowerWithMany})`]:
      last.created / first.created / bounds.slowerWithMany,
    [`reading, last to first (at most ${bounds.slowerWithMany})`]: last.found / first.found / bounds.slowerWithMany,
  };
  print(
    `  token/wrapped ${slower.toFixed(2)}, creation ${(last.created / first.created).toFixed(2)}, reading ${(last.found / first.found).toFixed(2)}`,
  );
  for (const [what, share] of Object.entries(ratios))
    if (!(share <= 1)) {
      print(`  too slow: ${what}`);
      process.exitCode = 1;
    }
} finally {
  await stack.stop();
  rmSync(dataDirectory, { recursive: true, force: true });
}
