import { AnkaError } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Sweeper } from '../sweep/sweeper.js';
import { QuotaConfig } from './quota.config.js';
import { Quota, rateLimitOf } from './quota.js';

const free = (): void => undefined;

/** Charges requests to their tenant's quota. Admits every request if no quota is configured. */
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
    const grant = quota.take(tenantId);
    reply.header('ratelimit-policy', quota.policyOf(tenantId)).header('ratelimit', rateLimitOf(grant));
    if (grant.granted) return;
    reply.header('retry-after', String(grant.seconds));
    throw new AnkaError('quota-exceeded', `The tenant’s quota is used up. Try again in ${grant.seconds} s.`);
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
