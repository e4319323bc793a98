import { AnkaError, maxItems, maxSignatures } from '@ankasecure/contracts';
import type { Grant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Sweeper } from '../sweep/sweeper.js';
import { countItems } from './count-items.js';
import { QuotaConfig } from './quota.config.js';
import { Quota, rateLimitOf } from './quota.js';

const free = (): void => undefined;

/** Reports what is left in the answer's headers. @throws AnkaError `quota-exceeded` */
const assertGranted = (grant: Grant, policy: string, reply: FastifyReply): void => {
  reply.header('ratelimit-policy', policy).header('ratelimit', rateLimitOf(grant));
  if (grant.granted) return;
  reply.header('retry-after', String(grant.seconds));
  throw new AnkaError('quota-exceeded', `The tenant’s quota is used up. Try again in ${grant.seconds} s.`);
};

/** Charges operations to their tenant's quota: each request, and each item of a batch. Admits every request if no quota is configured. */
@Injectable()
export class TenantQuota {
  private readonly quota: Quota | undefined;

  constructor({ limits }: QuotaConfig, sweeper: Sweeper) {
    if (limits === undefined) return;
    const quota = new Quota(limits);
    this.quota = quota;
    sweeper.add('unused quotas', async () => {
      quota.sweep();
      return 0;
    });
  }

  /** Takes one request off the quota and reports what is left in the answer's headers. @throws AnkaError `quota-exceeded` */
  charge(tenantId: string, reply: FastifyReply): void {
    const { quota } = this;
    if (quota === undefined) return;
    assertGranted(quota.take(tenantId), quota.policyOf(tenantId), reply);
  }

  /**
   * Takes the other items of a batch off the quota, once its body is read. A batch may be larger than what is left; the quota
   * then owes, and grants nothing until it is even. @throws AnkaError `quota-exceeded` if it owes already
   */
  chargeItems(tenantId: string, body: Buffer, reply: FastifyReply): void {
    const { quota } = this;
    if (quota === undefined) return;
    const further = Math.min(countItems(body), maxItems * maxSignatures) - 1;
    if (further > 0) assertGranted(quota.owe(tenantId, further), quota.policyOf(tenantId), reply);
  }

  /** Counts a running request. @returns a function to call at its end. @throws AnkaError `quota-exceeded` */
  begin(tenantId: string): () => void {
    if (this.quota === undefined) return free;
    const end = this.quota.begin(tenantId);
    if (end !== undefined) return end;
    throw new AnkaError(
      'quota-exceeded',
      'The tenant has too many concurrent requests. Try again when some have finished.',
    );
  }
}
