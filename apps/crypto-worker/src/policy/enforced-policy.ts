import type { AlgorithmName, Purpose } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import { type Decision, evaluate, type PolicyDocument } from '@ankasecure/policy-rules';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';

/** The copy of a tenant's policy that workers enforce. Immutable: a change makes a new revision. */
export interface EnforcedPolicy {
  readonly revision: number;
  readonly document: PolicyDocument;
  /** `evaluate` on this document, remembered. */
  decide(algorithm: AlgorithmName, purpose: Purpose, outsideSteps: readonly string[]): Decision;
}

export const enforcedPolicy = (revision: number, document: PolicyDocument): EnforcedPolicy => {
  const decisions = new Map<string, Decision>();
  return {
    revision,
    document,
    decide(algorithm, purpose, outsideSteps) {
      const name = `${algorithm}/${purpose}/${outsideSteps.length}`;
      let decision = decisions.get(name);
      if (decision === undefined) {
        decision = evaluate(document, { algorithm, purpose, outsideSteps });
        decisions.set(name, decision);
      }
      return decision;
    },
  };
};

/**
 * Enforced policies, read once and kept: the copy may be out of date and is never wrong, because the fence throws away
 * whatever was decided on an older revision and calls `forget`.
 */
export class EnforcedPolicies {
  private readonly known = new Map<string, Promise<EnforcedPolicy>>();

  constructor(private readonly dataSource: DataSource) {}

  /** @throws AnkaError `tenant-unknown` for a tenant no policy was ever applied for */
  of(tenantId: string): Promise<EnforcedPolicy> {
    const known = this.known.get(tenantId);
    if (known !== undefined) return known;
    const loading = this.load(tenantId);
    this.known.set(tenantId, loading);
    loading.catch(() => this.known.delete(tenantId));
    return loading;
  }

  forget(tenantId: string): void {
    this.known.delete(tenantId);
  }

  private async load(tenantId: string): Promise<EnforcedPolicy> {
    const [row] = await withTenant(this.dataSource, tenantId, (manager) =>
      manager.query<{ revision: number; document: PolicyDocument }[]>(
        'SELECT revision, document FROM tenant_policy WHERE tenant_id = $1',
        [tenantId],
      ),
    );
    if (row === undefined)
      throw new AnkaError('tenant-unknown', 'No policy is in force for this tenant on this partition');
    return enforcedPolicy(row.revision, row.document);
  }
}
