import type { applyPolicy, Context } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { PlatformKeys } from '../platform-key/platform-key.js';
import { EnforcedPolicies } from '../policy/enforced-policy.js';

/** Brings a tenant's policy into force on this partition. */
@Injectable()
export class ApplyPolicy {
  constructor(
    private readonly dataSource: DataSource,
    private readonly platformKeys: PlatformKeys,
    private readonly policies: EnforcedPolicies,
  ) {}

  /**
   * Idempotent, and never goes back to an older revision. When it returns, no result decided on an older revision can be
   * released any more by any worker: the change has waited for outcomes under way, and later ones see it.
   * @returns what is enforced now: a later revision, or another document of the same, when the asker has lost one
   */
  async apply(
    context: Context,
    { revision, document }: z.infer<typeof applyPolicy.request>,
  ): Promise<z.infer<typeof applyPolicy.reply>> {
    await this.platformKeys.provision(context);
    const [enforced] = await withTenant(this.dataSource, context.tenantId, async (manager) => {
      await manager.query(
        `INSERT INTO tenant_policy AS held (tenant_id, revision, document) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id) DO UPDATE SET revision = excluded.revision, document = excluded.document, applied_at = now()
         WHERE held.revision < excluded.revision`,
        [context.tenantId, revision, JSON.stringify(document)],
      );
      return manager.query<z.infer<typeof applyPolicy.reply>[]>(
        'SELECT revision, document FROM tenant_policy WHERE tenant_id = $1',
        [context.tenantId],
      );
    });
    this.policies.forget(context.tenantId);
    return enforced as NonNullable<typeof enforced>;
  }
}
