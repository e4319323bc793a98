import { AnkaError, type compareEnforced } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { TenantPolicyRecord } from '../key/record/tenant-policy.entity.js';
import { tenantsEnforcingOtherwise } from './compare-enforced.sql.js';

type Reply = z.infer<typeof compareEnforced.reply>;

/** Failures of a record that no worker uses. Each has raised its own alarm. */
const refusals: readonly string[] = ['record-forged', 'record-outdated'];

/** Compares the policies that this partition enforces with those that the policy service holds. */
@Injectable()
export class CompareEnforced {
  constructor(private readonly dataSource: DataSource) {}

  /** Only records that differ by a hint are loaded, and so checked. */
  async compare({ held }: z.infer<typeof compareEnforced.request>): Promise<Reply> {
    const hinted = new Set(await tenantsEnforcingOtherwise(this.dataSource, held));
    const differing: Reply['differing'] = [];
    for (const { tenantId, inForce, newest } of held.filter((one) => hinted.has(one.tenantId))) {
      const revision = await this.enforced(tenantId);
      if (revision !== undefined && (revision < inForce || revision > newest)) differing.push({ tenantId, revision });
    }
    return { differing };
  }

  /** The enforced revision; 0 for none. Undefined if the workers refuse the record themselves. */
  private async enforced(tenantId: string): Promise<number | undefined> {
    try {
      return await withTenant(this.dataSource, tenantId, async (manager) => {
        const record = await manager.findOneBy(TenantPolicyRecord, { tenantId });
        return record?.revision ?? 0;
      });
    } catch (error) {
      if (error instanceof AnkaError && refusals.includes(error.code)) return undefined;
      throw error;
    }
  }
}
