import type { ContentAlg } from '@ankasecure/algorithm';
import { evaluate, type HsmModule, type PolicyDocument, type PolicyRequest, warnedOf } from '@ankasecure/policy-rules';
import { Clock, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { CertifiedModule } from '../custody/certified-module.js';
import type { Use } from '../key/key-state.js';
import type { KeyVersion } from '../key/key-version.js';
import { enabledTenant } from '../key/lock/enabled-tenant.js';
import type { TenantPolicyRecord } from '../key/record/tenant-policy.entity.js';
import { type Ruling, Rulings, rulingOf } from './ruling.js';

/** The copy of a tenant's policy that workers enforce. It is immutable: a change makes a new revision. */
export interface EnforcedPolicy {
  readonly revision: number;
  /** Includes the dates from which its sunsets are announced. */
  readonly document: PolicyDocument;
  /** The time by which this copy decides, in milliseconds since the epoch. */
  readonly now: () => number;
  /** The module of this partition's HSM, on which every decision is made. */
  readonly module: () => HsmModule | undefined;
  /** Evaluates this document for a key in this partition's HSM as of `at`; by default now. */
  decide(request: PolicyRequest, at?: number): Ruling;
  /**
   * Decides about the use of a key version as of `at`; by default now. The ruling is remembered while it holds.
   * @param enc the content encryption, if content is encrypted or decrypted
   */
  ruling(key: KeyVersion, use: Use, outsideSteps: readonly string[], at?: number, enc?: ContentAlg): Ruling;
}

/**
 * @param clock decides by its time
 * @param certified tells the module of the HSM. Without it nothing is known, and FIPS-only for the module refuses everything
 */
export const enforcedPolicy = (
  revision: number,
  document: PolicyDocument,
  clock: Pick<Clock, 'now'>,
  certified?: Pick<CertifiedModule, 'get'>,
): EnforcedPolicy => {
  const module = (): HsmModule | undefined => certified?.get();
  const rulings = new Rulings(document, module);
  const now = (): number => clock.now();
  return {
    revision,
    document,
    now,
    module,
    decide: (request, at = now()) =>
      rulingOf(document, evaluate(document, onModule(request, module()), at), request.outsideSteps),
    ruling: (key, use, outsideSteps, at = now(), enc = undefined) => rulings.on(key, { use, enc }, outsideSteps, at),
  };
};

/** The request for a key in the HSM with this module. */
export const onModule = (request: PolicyRequest, module: HsmModule | undefined): PolicyRequest =>
  module === undefined ? request : { ...request, module };

/**
 * Reads the document in force in the caller's transaction. If the transaction holds the tenant's fence, it stays in force
 * until the transaction ends.
 * @throws AnkaError `tenant-unknown`, `tenant-disabled`
 */
export const documentWithin = async (manager: EntityManager, tenantId: string): Promise<PolicyDocument> =>
  documentOf(await enabledTenant(manager, tenantId));

/** The document with the dates from which its sunsets are announced. */
const documentOf = ({ document, appliedAt }: TenantPolicyRecord): PolicyDocument => warnedOf(document, appliedAt);

/**
 * Reads the policy in force in the caller's transaction. If the transaction holds the tenant's fence, the policy stays in
 * force until the transaction ends.
 * @param clock decides by its time
 * @throws AnkaError `tenant-unknown`, `tenant-disabled`
 */
export const policyWithin = async (
  manager: EntityManager,
  tenantId: string,
  clock: Pick<Clock, 'now'>,
  certified: Pick<CertifiedModule, 'get'>,
): Promise<EnforcedPolicy> => {
  const held = await enabledTenant(manager, tenantId);
  return enforcedPolicy(held.revision, documentOf(held), clock, certified);
};

/**
 * Enforced policies, read once and kept. A copy may be out of date and causes no harm: the fence drops results that were
 * decided on an older revision, and the caller then calls `forget`.
 */
@Injectable()
export class EnforcedPolicies {
  private readonly known = new Map<string, Promise<EnforcedPolicy>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly certified: CertifiedModule,
  ) {}

  /** @throws AnkaError `tenant-unknown` for a tenant that never had a policy, `tenant-disabled` */
  of(tenantId: string): Promise<EnforcedPolicy> {
    const known = this.known.get(tenantId);
    if (known !== undefined) return known;
    const loading = this.load(tenantId);
    this.known.set(tenantId, loading);
    loading.catch(() => this.known.delete(tenantId));
    return loading;
  }

  /**
   * Reads the policy in force now, for answers that no fence checks.
   * @throws AnkaError `tenant-unknown`, `tenant-disabled`
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
    return withTenant(this.dataSource, tenantId, (manager) =>
      policyWithin(manager, tenantId, this.clock, this.certified),
    );
  }
}
