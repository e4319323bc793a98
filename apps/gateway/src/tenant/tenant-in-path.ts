import { AnkaError, uuid } from '@ankasecure/contracts';
import type { FastifyRequest } from 'fastify';
import { hasOneOf } from '../auth/principal.js';
import type { TenantDirectory } from './tenant-directory.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The tenant that a request concerns: the one in its path, otherwise the principal's. */
    tenantInPath?: string;
  }
}

/**
 * Admits a request that names a tenant in its path, if it comes from that tenant or a platform administrator. For everyone
 * else, another tenant's id does not exist.
 * @throws AnkaError `tenant-mismatch`
 */
export const aimAtTenant = async (request: FastifyRequest, tenants: TenantDirectory): Promise<void> => {
  const { tenant } = request.params as { tenant?: string };
  const { principal } = request;
  const tenantId = uuid.safeParse(tenant).data;
  if (tenant === undefined || tenantId === principal.tenantId) return;
  const unknown = new AnkaError('tenant-mismatch');
  if (!hasOneOf(principal, ['platform-admin']) || tenantId === undefined) throw unknown;
  request.tenantInPath = tenantId;
  request.partition =
    tenants.known(tenantId) ??
    (await tenants.find({ ...principal, tenantId }, request.id).catch((error: unknown) => {
      throw error instanceof AnkaError && ['tenant-unknown', 'request-invalid'].includes(error.code) ? unknown : error;
    }));
};
