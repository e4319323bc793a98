import type { Context, diffPolicyVersions, getPolicyVersion, listPolicyVersions } from '@ankasecure/contracts';
import { differences } from '@ankasecure/policy-rules';
import { CursorSeal, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, LessThan } from 'typeorm';
import type { z } from 'zod';
import { findVersion } from './policy-resource.js';
import { PolicyVersion } from './policy-version.entity.js';

const summaryOf = ({ version, state, changedBy, changedAt, restores, disabled }: PolicyVersion) => ({
  version,
  state,
  changedBy,
  restores,
  disabled,
  changedAt: changedAt.toISOString(),
});

/** Reads the history of a tenant's policy. */
@Injectable()
export class ReadVersion {
  constructor(
    private readonly dataSource: DataSource,
    private readonly cursors: CursorSeal,
  ) {}

  /** Newest first; the position is the last version shown. @throws AnkaError `cursor-invalid` */
  async list(
    { tenantId }: Context,
    { limit, cursor }: z.infer<typeof listPolicyVersions.request>,
  ): Promise<z.infer<typeof listPolicyVersions.reply>> {
    const scope = { tenantId, listing: 'policy-version', filter: {} };
    const before = cursor === undefined ? 2 ** 31 - 1 : Number(this.cursors.open(scope, cursor));
    const found = await withTenant(this.dataSource, tenantId, (manager) =>
      manager.find(PolicyVersion, {
        where: { tenantId, version: LessThan(before) },
        order: { version: 'DESC' },
        take: limit + 1,
      }),
    );
    const last = found.length > limit ? found[limit - 1] : undefined;
    return {
      items: found.slice(0, limit).map(summaryOf),
      next: last === undefined ? null : this.cursors.seal(scope, String(last.version)),
    };
  }

  /** @throws AnkaError `policy-version-not-found` */
  async get(
    { tenantId }: Context,
    { version }: z.infer<typeof getPolicyVersion.request>,
  ): Promise<z.infer<typeof getPolicyVersion.reply>> {
    const found = await this.find(tenantId, version);
    return { ...summaryOf(found), document: found.document };
  }

  /** @throws AnkaError `policy-version-not-found` */
  async diff(
    { tenantId }: Context,
    { from, to }: z.infer<typeof diffPolicyVersions.request>,
  ): Promise<z.infer<typeof diffPolicyVersions.reply>> {
    const [before, after] = [await this.find(tenantId, from), await this.find(tenantId, to)];
    const changes = differences(before.document, after.document).map(({ added, removed, ...change }) => ({
      ...change,
      ...(added !== undefined && { added: [...added] }),
      ...(removed !== undefined && { removed: [...removed] }),
    }));
    return { from, to, changes };
  }

  private find(tenantId: string, version: number): Promise<PolicyVersion> {
    return withTenant(this.dataSource, tenantId, (manager) => findVersion(manager, tenantId, version));
  }
}
