import { AnkaError } from '@ankasecure/contracts';
import { evaluate, type PolicyDocument, type PolicyRequest, warnedOf } from '@ankasecure/policy-rules';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { Use } from '../key/key-state.js';
import type { KeyVersion } from '../key/key-version.js';
import { type Ruling, Rulings, rulingOf } from './ruling.js';

/** The copy of a tenant's policy that workers enforce. Immutable: a change makes a new revision. */
export interface EnforcedPolicy {
  readonly revision: number;
  /** With the dates from which its sunsets are warned of. */
  readonly document: PolicyDocument;
  /** `evaluate` on this document, as of now. */
  decide(request: PolicyRequest): Ruling;
  /** The same of a use of a key version, remembered for as long as it holds. */
  ruling(key: KeyVersion, use: Use, outsideSteps: readonly string[]): Ruling;
}

export const enforcedPolicy = (revision: number, document: PolicyDocument): EnforcedPolicy => {
  const rulings = new Rulings(document);
  return {
    revision,
    document,
    decide: (request) => rulingOf(evaluate(document, request, Date.now()), request.outsideSteps),
    ruling: (key, use, outsideSteps) => rulings.on(key, use, outsideSteps, Date.now()),
  };
};

/**
 * The policy in force in the caller's transaction: where that holds the tenant's fence, until it ends.
 * @throws AnkaError `tenant-unknown`
 */
export const policyWithin = async (manager: EntityManager, tenantId: string): Promise<EnforcedPolicy> => {
  const [row] = await manager.query<{ revision: number; document: PolicyDocument; applied_at: Date }[]>(
    'SELECT revision, document, applied_at FROM tenant_policy WHERE tenant_id = $1',
    [tenantId],
  );
  if (row === undefined)
    throw new AnkaError('tenant-unknown', 'No policy is in force for this tenant on this partition');
  return enforcedPolicy(row.revision, warnedOf(row.document, row.applied_at));
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

  /**
   * The policy in force at this moment, read anew: for answers that no fence stands behind.
   * @throws AnkaError `tenant-unknown`
   */
  async latest(tenantId: string): Promise<EnforcedPolicy> {
    const known = await this.of(tenantId);
    const read = await this.load(tenantId);
    if (read.revision === known.revision) return known;
    this.known.set(tenantId, Promise.resolve(read));
    return read;
  }

  forget(tenantId: string): void {
    this.known.delete(tenantId);
  }

  private load(tenantId: string): Promise<EnforcedPolicy> {
    return withTenant(this.dataSource, tenantId, (manager) => policyWithin(manager, tenantId));
  }
}
