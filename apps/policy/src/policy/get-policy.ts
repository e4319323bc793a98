import type { Context, Policy } from '@ankasecure/contracts';
import { monotonicNow } from '@ankasecure/contracts';
import { type Answer, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { currentPolicy, policyAnswer } from './policy-resource.js';
import { SettleChange } from './settle-change.js';

/** Longest that a reader waits for an unfinished change, in milliseconds. */
const patienceMs = 1000;

/** Reads the policy in force. */
@Injectable()
export class GetPolicy {
  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: SettleChange,
  ) {}

  /** Finishes a pending change first if that is quick. Otherwise the answer names its version. */
  async get({ tenantId }: Context): Promise<Answer<Policy>> {
    let current = await this.read(tenantId);
    if (current.pending !== null) {
      await this.changes.settle(tenantId, monotonicNow() + patienceMs).catch(() => undefined);
      current = await this.read(tenantId);
    }
    return policyAnswer(current.active, current.pending?.version ?? null);
  }

  private read(tenantId: string) {
    return withTenant(this.dataSource, tenantId, (manager) => currentPolicy(manager, tenantId));
  }
}
