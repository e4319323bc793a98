import { type Key, platformTenantId, type Tenant } from '@ankasecure/contracts';
import type { Stack } from '@ankasecure/local';
import { type Api, apiOf } from '../api.js';
import type { Item, Operation } from '../operation.js';
import type { Stage, StagedOperation } from '../stage.js';

/** Made at a time, so that the set-up neither takes long nor fills the lanes. A tenant takes several calls of the token. */
const atOnce = { keys: 8, tenants: 2 } as const;

const each = async <Result>(
  count: number,
  atOnce: number,
  make: (index: number) => Promise<Result>,
): Promise<Result[]> => {
  const results: Result[] = [];
  for (let from = 0; from < count; from += atOnce) {
    const length = Math.min(atOnce, count - from);
    results.push(...(await Promise.all(Array.from({ length }, (_, index) => make(from + index)))));
  }
  return results;
};

/** An item with a key of its own. */
const itemOf = async (api: Api, operation: Operation, label: string): Promise<Item> => {
  const key = await api.post<Key>('/keys', { ...operation.key, label });
  const [item] = await operation.items(api, key);
  if (item === undefined) throw new Error(`${operation.name} has no items`);
  return { ...item, key };
};

/** The same requests as `staged`, each with another key of the tenant. */
export const withManyKeys = async (
  { api }: Pick<Stage, 'api'>,
  staged: StagedOperation,
  count: number,
): Promise<StagedOperation> => ({
  ...staged,
  items: await each(count, atOnce.keys, (index) => itemOf(api, staged.operation, `bench many ${index}`)),
});

/** The same requests as `staged`, each with the key of another tenant. The tenants are added to the stage. */
export const withManyTenants = async (
  stack: Stack,
  stage: Stage,
  staged: StagedOperation,
  count: number,
): Promise<StagedOperation> => {
  const platform = await stack.mint({ tenantId: platformTenantId, subject: 'bench', roles: ['platform-admin'] });
  const items = await each(count, atOnce.tenants, async (index): Promise<Item> => {
    const slug = `bench-${index}`;
    const tenant = await apiOf(stack.baseUrl, platform).post<Tenant>('/tenants', { slug, name: slug });
    const token = await stack.mint({ tenantId: tenant.id, subject: 'bench', roles: ['tenant-admin', 'user'] });
    stage.tenantIds.push(tenant.id);
    const item = await itemOf(apiOf(stack.baseUrl, token), staged.operation, slug);
    return { ...item, authorization: `Bearer ${token}` };
  });
  return { ...staged, items };
};
