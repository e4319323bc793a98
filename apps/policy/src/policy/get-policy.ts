import type { Context, Policy } from '@ankasecure/contracts';
import { type Answer, withTenant } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';
import { currentPolicy, policyAnswer } from './policy-resource.js';
import type { SettleChange } from './settle-change.js';

/** Longest that a reader waits for an unfinished change to be finished first, in milliseconds. */
const patienceMs = 1000;

export class GetPolicy {
  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: SettleChange,
  ) {}

  /** The policy in force. A change on its way is finished first if that is quick; otherwise its number is in the answer. */
  async get({ tenantId }: Context): Promise<Answer<Policy>> {
    let current = await this.read(tenantId);
    if (current.pending !== null) {
      await this.changes.settle(tenantId, Date.now() + patienceMs).catch(() => undefined);
      current = await this.read(tenantId);
    }
    return policyAnswer(current.active, current.pending?.version ?? null);
  }

  private read(tenantId: string) {
    return withTenant(this.dataSource, tenantId, (manager) => currentPolicy(manager, tenantId));
  }
}
