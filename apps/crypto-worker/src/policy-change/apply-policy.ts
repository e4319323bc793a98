import { type applyPolicy, auditEvent, type Context } from '@ankasecure/contracts';
import { Outbox, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { PlatformKeys } from '../platform-key/platform-key.js';
import { EnforcedPolicies } from '../policy/enforced-policy.js';
import { enforcedCopy, enforceNewer } from './enforce-newer.js';

/** Brings a tenant's policy into force on this partition. */
@Injectable()
export class ApplyPolicy {
  constructor(
    private readonly dataSource: DataSource,
    private readonly platformKeys: PlatformKeys,
    private readonly policies: EnforcedPolicies,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Applies a policy. It is idempotent, and never returns to an older revision. Once it resolves, no worker can release a
   * result that was decided on an older revision: the change has waited for outcomes under way, and later ones see it.
   * @returns the policy enforced now: a later revision, or another document of the same revision, if the policy service lost
   * one
   */
  async apply(
    context: Context,
    change: z.infer<typeof applyPolicy.request>,
  ): Promise<z.infer<typeof applyPolicy.reply>> {
    await this.platformKeys.provision(context);
    const { tenantId } = context;
    const { enforced, changed } = await withTenant(this.dataSource, tenantId, async (manager) => {
      const result = await enforceNewer(manager, tenantId, change);
      if (result.changed) await this.outbox.write(manager, [enforcedEvent(context, change.revision)]);
      return result;
    });
    if (changed) this.outbox.committed(1);
    this.policies.forget(tenantId);
    return enforcedCopy(enforced);
  }
}

/** The event of the enforced copy. The policy service reports the change itself, once it is in force. */
const enforcedEvent = (context: Context, revision: number) =>
  auditEvent(context, { operation: 'policy-copy.apply', details: { revision: String(revision) } });
