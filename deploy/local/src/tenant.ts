import { platformTenantId, type Tenant } from '@ankasecure/contracts';
import { type Api, ApiError, apiOf } from './api.js';
import type { Stack } from './stack.js';

/** A token of a platform administrator, who creates tenants. */
export const mintPlatformToken = (stack: Stack): Promise<string> =>
  stack.mint({ tenantId: platformTenantId, subject: 'platform-administrator', roles: ['platform-admin'] });

/** A token of `tenantId`'s administrator, who may do everything in it. */
export const mintAdminToken = (stack: Stack, tenantId: string): Promise<string> =>
  stack.mint({ tenantId, subject: 'administrator', roles: ['tenant-admin', 'application-admin', 'user', 'auditor'] });

/** A token of a second administrator of the tenant, for operations that need two people. */
export const mintOfficerToken = (stack: Stack, tenantId: string): Promise<string> =>
  stack.mint({ tenantId, subject: 'officer', roles: ['tenant-admin', 'application-admin', 'user', 'auditor'] });

const find = async (api: Api, slug: string, cursor = ''): Promise<Tenant | undefined> => {
  const page = await api.get<{ items: Tenant[]; next: string | null }>(`/tenants?limit=200${cursor}`);
  const found = page.items.find((tenant) => tenant.slug === slug);
  if (found !== undefined || page.next === null) return found;
  return find(api, slug, `&cursor=${encodeURIComponent(page.next)}`);
};

/** Returns the tenant `slug`, and creates it if it does not exist. */
export const ensureTenant = async (stack: Stack, slug: string, name: string): Promise<Tenant> => {
  const api = apiOf(stack.baseUrl, await mintPlatformToken(stack));
  try {
    return await api.post<Tenant>('/tenants', { slug, name });
  } catch (error) {
    const exists =
      error instanceof ApiError && error.problem.code === 'tenant-exists' ? await find(api, slug) : undefined;
    if (exists === undefined) throw error;
    return exists;
  }
};
