import { AnkaError, uuid } from '@ankasecure/contracts';
import type { FastifyRequest } from 'fastify';
import { hasOneOf } from '../auth/principal.js';
import type { TenantDirectory } from './tenant-directory.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The tenant a request is about, where its path names it; otherwise it is the principal's. */
    tenantInPath?: string;
  }
}

/**
 * Lets a request through that names a tenant in its path: its own people's, and the platform's administrators'. To everybody
 * else another tenant's id is one that nobody has.
 * @throws AnkaError `tenant-mismatch`
 */
export const aimAtTenant = async (request: FastifyRequest, tenants: TenantDirectory): Promise<void> => {
  const { tenant: tenantId } = request.params as { tenant?: string };
  const { principal } = request;
  if (tenantId === undefined || tenantId === principal.tenantId) return;
  const unknown = new AnkaError('tenant-mismatch');
  if (!hasOneOf(principal, ['platform-admin']) || !uuid.safeParse(tenantId).success) throw unknown;
  request.tenantInPath = tenantId;
  request.partition =
    tenants.known(tenantId) ??
    (await tenants.find({ ...principal, tenantId }, request.id).catch((error: unknown) => {
      throw error instanceof AnkaError && ['tenant-unknown', 'request-invalid'].includes(error.code) ? unknown : error;
    }));
};
