import { type Key, platformTenantId, type Tenant } from '@ankasecure/contracts';
import type { Stack } from '@ankasecure/local';
import { type Api, apiOf, Expected } from './api.js';
import type { Target } from './generator/job.js';
import type { Item, Operation } from './operation.js';

/** An operation with its key and requests. */
export interface StagedOperation {
  readonly operation: Operation;
  readonly key: Key;
  readonly items: readonly Item[];
  readonly target: Target;
}

export interface Stage {
  /** Every tenant that sends requests. */
  readonly tenantIds: string[];
  readonly api: Api;
  readonly expected: Expected;
  readonly staged: readonly StagedOperation[];
}

const targetOf = (baseUrl: string, token: string, path: string): Target => {
  const { hostname, port } = new URL(baseUrl);
  return { host: hostname, port: Number(port), path: `/api/v1${path}`, headers: { authorization: `Bearer ${token}` } };
};

/** Creates a tenant with a key for each operation through the public API. */
export const setTheStage = async (stack: Stack, operations: readonly Operation[]): Promise<Stage> => {
  const platform = await stack.mint({ tenantId: platformTenantId, subject: 'bench', roles: ['platform-admin'] });
  const tenant = await apiOf(stack.baseUrl, platform).post<Tenant>('/tenants', { slug: 'bench', name: 'Benchmark' });
  const roles = ['tenant-admin', 'application-admin', 'user'] as const;
  const token = await stack.mint({ tenantId: tenant.id, subject: 'bench', roles });
  const expected = new Expected();
  const api = apiOf(stack.baseUrl, token, expected);
  const staged: StagedOperation[] = [];
  for (const operation of operations) {
    const key = await api.post<Key>('/keys', { ...operation.key, label: `bench ${operation.name}` });
    const items = await operation.items(api, key);
    staged.push({ operation, key, items, target: targetOf(stack.baseUrl, token, operation.path) });
  }
  return { tenantIds: [tenant.id], api, expected, staged };
};
