import { AnkaError, auditEvent, type Context, type DryRun, newId } from '@ankasecure/contracts';
import { ActionRunner, assertAsked, assertUnknown, noteLost, RecordSets, removeRecord } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import { EndApprovals } from '../approval/end/end-approvals.js';
import { ExcludedSubject, excludedName } from '../identity/excluded-subject.entity.js';
import { IdentityEpoch } from '../identity/identity-epoch.js';
import { lockTenant } from '../identity/tenant-lock.statement.js';
import { pageOfAll } from '../route/page-by-id.js';
import type { createExclusion, Exclusion, listExclusions } from './exclusion.contract.js';
import { ExclusionRules } from './exclusion-rules.js';

type CreateRequest = z.infer<typeof createExclusion.request>;
type ListRequest = z.infer<typeof listExclusions.request>;

/** The limit per tenant. Every gateway keeps a tenant's exclusions in memory. */
const most = 1000;

/** Shuts single subjects of issuers out of a tenant, and readmits them. */
@Injectable()
export class Exclusions {
  constructor(
    private readonly sets: RecordSets,
    private readonly actions: ActionRunner,
    private readonly epochs: IdentityEpoch,
    private readonly rules: ExclusionRules,
    private readonly approvals: EndApprovals,
  ) {}

  /**
   * Shuts the subject out, or returns the exclusion that already does, and ends the subject's open requests for approval.
   * @throws AnkaError `request-invalid` for the caller, for a name that the issuer cannot give, or when the tenant has too many; `audit-unavailable`
   * (retryable) if the subject is shut out and may have an open request
   */
  async create(context: Context, request: CreateRequest): Promise<Exclusion | DryRun> {
    const { tenantId, principal: createdBy } = context;
    const { issuer, subject, reason = null } = request;
    const operation = 'subject.exclude';
    const id = context.resourceId ?? newId();
    const made = await this.actions.run<Exclusion | undefined, Exclusion>(context, {
      operation,
      details: { subject },
      check: async (manager) => {
        assertOther(context, request);
        await this.rules.assertNamed(manager, { tenantId, issuer, subject });
        await lockTenant(manager, 'exclusions', tenantId);
        const earlier = await manager.findOneBy(ExcludedSubject, { tenantId, issuer, subject });
        if (earlier !== null) {
          assertAsked(manager, earlier, { tenantId, issuer, subject });
          return resourceOf(earlier);
        }
        if ((await manager.countBy(ExcludedSubject, { tenantId })) >= most)
          throw new AnkaError('request-invalid', `A tenant can have at most ${most} exclusions`);
        await assertUnknown(manager, ExcludedSubject, { tenantId, id });
        return undefined;
      },
      write: async (manager, earlier, report) => {
        // A stolen account may have asked for what an honest person would then approve.
        const ended = await this.approvals.end(manager, context, issuer, subject);
        if (earlier !== undefined) {
          if (ended.length > 0) await report(...ended);
          return earlier;
        }
        await manager.insert(ExcludedSubject, { tenantId, id, issuer, subject, reason, createdBy });
        const after = await found(manager, tenantId, id);
        await report(auditEvent(context, { operation, details: detailsOf(after) }), ...ended);
        this.epochs.settleAfter(context, await this.epochs.change(manager), 'shut-out');
        return after;
      },
    });
    this.approvals.assertWhole(context);
    return made;
  }

  /** Newest first. @throws AnkaError `cursor-invalid`; `record-outdated` if any of the tenant's exclusions is missing */
  list({ tenantId }: Context, query: ListRequest): Promise<{ items: Exclusion[]; next: string | null }> {
    return pageOfAll({ tenantId, listing: 'exclusions', filter: {} }, query, () => this.all(tenantId));
  }

  /** @throws AnkaError `exclusion-not-found`; `record-outdated` if one of the tenant's exclusions is missing */
  async get(context: Context, id: string): Promise<Exclusion> {
    const one = (await this.all(context.tenantId)).find((exclusion) => exclusion.id === id);
    if (one === undefined) throw new AnkaError('exclusion-not-found');
    return one;
  }

  /**
   * Readmits the subject. The holder of its tokens could be a second person, so that can need two.
   * @throws AnkaError `exclusion-not-found`, `approval-required`
   */
  delete(context: Context, id: string): Promise<Exclusion | DryRun> {
    const { tenantId } = context;
    const operation = 'subject.readmit';
    return this.actions.run<ExcludedSubject, Exclusion>(context, {
      operation,
      details: { exclusionId: id },
      check: async (manager) => {
        await lockTenant(manager, 'exclusions', tenantId);
        const record = await foundRecord(manager, tenantId, id);
        await this.rules.assertReadmittable(context);
        return record;
      },
      write: async (manager, record, report) => {
        await removeRecord(manager, record);
        await this.forgetLost(manager, record);
        const before = resourceOf(record);
        await report(auditEvent(context, { operation, details: detailsOf(before) }));
        this.epochs.settleAfter(context, await this.epochs.change(manager), 'let-in');
        return before;
      },
    });
  }

  /** Those that the database has. What is missing raises an alarm, and whom the trail names stays shut out. */
  private async all(tenantId: string): Promise<Exclusion[]> {
    const missing = (_: string, told?: string): boolean => told !== undefined;
    return (await this.sets.load(ExcludedSubject, tenantId, { missing })).map(resourceOf);
  }

  /** Exclusions of the same subject whose rows were lost end with the one that is deleted. */
  private async forgetLost(manager: EntityManager, record: ExcludedSubject): Promise<void> {
    const { tenantId } = record;
    const name = excludedName(record);
    const others = [...this.sets.toldBefore(tenantId, 'excluded_subject')].filter(
      ([id, told]) => told === name && id !== record.id,
    );
    await noteLost(
      manager,
      tenantId,
      others.map(([id]) => ({ kind: 'excluded_subject', id, revision: 0 })),
    );
  }
}

/** Whoever shuts themselves out would get no answer, and a tenant's last administrator could not be readmitted. */
const assertOther = ({ principal, issuer: own }: Context, { issuer, subject }: CreateRequest): void => {
  if (subject === principal && issuer === own)
    throw new AnkaError('request-invalid', 'You cannot shut yourself out. Have another administrator do it.');
};

const foundRecord = async (manager: EntityManager, tenantId: string, id: string): Promise<ExcludedSubject> => {
  const record = await manager.findOneBy(ExcludedSubject, { tenantId, id });
  if (record === null) throw new AnkaError('exclusion-not-found');
  assertAsked(manager, record, { tenantId, id });
  return record;
};

const found = async (manager: EntityManager, tenantId: string, id: string): Promise<Exclusion> =>
  resourceOf(await foundRecord(manager, tenantId, id));

const resourceOf = ({ createdAt, ...record }: ExcludedSubject): Exclusion => ({
  id: record.id,
  tenantId: record.tenantId,
  issuer: record.issuer,
  subject: record.subject,
  reason: record.reason,
  createdBy: record.createdBy,
  createdAt: createdAt.toISOString(),
});

const detailsOf = ({ id: exclusionId, issuer, subject, reason }: Exclusion): Readonly<Record<string, string>> => ({
  exclusionId,
  issuer,
  subject,
  ...(reason !== null && { reason }),
});
