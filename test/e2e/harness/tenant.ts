import { randomUUID } from 'node:crypto';
import type { AlgorithmName, JweAlg, JwsAlg, Purpose } from '@ankasecure/algorithm';
import {
  type anyAlg,
  type Key,
  type Policy,
  platformTenantId,
  type Tenant as TenantResource,
} from '@ankasecure/contracts';
import type { Role } from '@ankasecure/local';
import type { PolicyDocument } from '@ankasecure/policy-rules';
import { type Client, clientOf } from './client.js';
import type { Rig } from './rig.js';
import { eventually } from './wait.js';

export interface NewKey {
  readonly algorithm: AlgorithmName;
  readonly purpose?: Purpose;
  readonly alg?: JwsAlg | JweAlg | typeof anyAlg;
  readonly label?: string;
  readonly custody?: 'token' | 'wrapped' | 'software';
}

/** A spec's own tenant. */
export interface Tenant {
  readonly id: string;
  /** The tenant's administrator, with every role of a tenant. */
  readonly admin: Client;
  as(roles: readonly Role[], subject?: string): Promise<Client>;
  createKey(key: NewKey): Promise<Key>;
  policy(): Promise<Policy>;
  /** The document of the policy in force, and its version, which a change must name. */
  document(): Promise<PolicyDocument & { readonly version: number }>;
  /** Changes the policy in force. @returns the policy in force according to the answer */
  changePolicy(change: Partial<PolicyDocument>): Promise<Policy>;
}

const tenantRoles = ['tenant-admin', 'application-admin', 'user', 'auditor'] as const;

export const platformClient = async (rig: Rig): Promise<Client> =>
  clientOf(
    rig.baseUrl,
    await rig.mint({ tenantId: platformTenantId, subject: 'platform-administrator', roles: ['platform-admin'] }),
  );

export const tenantAt = async (rig: Rig, id: string): Promise<Tenant> => {
  const as = async (roles: readonly Role[], subject = 'somebody'): Promise<Client> =>
    clientOf(rig.baseUrl, await rig.mint({ tenantId: id, subject, roles }));
  const admin = await as(tenantRoles, 'administrator');
  const policy = (): Promise<Policy> => admin.get<Policy>('/policy');
  const document: Tenant['document'] = async () => {
    const { tenantId: _, changedBy: __, changedAt: ___, pendingVersion: ____, ...rules } = await policy();
    return rules;
  };
  return {
    id,
    admin,
    as,
    createKey: (key) => admin.post<Key>('/keys', { label: `${key.algorithm} ${key.purpose ?? ''}`.trim(), ...key }),
    policy,
    document,
    changePolicy: async (change) => {
      const { version, ...rules } = await document();
      return admin.put<Policy>('/policy', { ...rules, ...change }, { 'if-match': `"${version}"` });
    },
  };
};

/** Creates a tenant as a client should: it retries a `retryable` error with the same Idempotency-Key. */
export const newTenant = async (rig: Rig): Promise<Tenant & { readonly slug: string }> => {
  const platform = await platformClient(rig);
  const body = { slug: `t-${randomUUID()}`, name: 'Tenant of a test' };
  const headers = { 'idempotency-key': randomUUID() };
  const { id } = await eventually('a new tenant', () => platform.post<TenantResource>('/tenants', body, headers));
  return { ...(await tenantAt(rig, id)), slug: body.slug };
};
