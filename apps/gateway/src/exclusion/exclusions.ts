import { AnkaError, auditEvent, type Context, type DryRun, newId } from '@ankasecure/contracts';
import { ActionRunner, assertAsked, assertUnknown, noteLost, RecordSets, removeRecord } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import { EndApprovals } from '../approval/end/end-approvals.js';
import { ExcludedSubject } from '../identity/excluded-subject.entity.js';
import { IdentityEpoch } from '../identity/identity-epoch.js';
import { lockTenant } from '../identity/tenant-lock.statement.js';
import { pageOfAll } from '../route/page-by-id.js';
import type { createExclusion, Exclusion, listExclusions } from './exclusion.contract.js';
import { ExclusionRules } from './exclusion-rules.js';
import { detailsOf, digestOf, type HeldExclusion, MissingExclusions, resourceOf } from './held-exclusion.js';

type CreateRequest = z.infer<typeof createExclusion.request>;
type ListRequest = z.infer<typeof listExclusions.request>;

/** The limit per tenant. Every gateway keeps a tenant's exclusions in memory. */
const most = 1000;

const kind = 'excluded_subject';

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
        const after = resourceOf(await foundRecord(manager, tenantId, id));
        await report(auditEvent(context, { operation, details: detailsOf(after) }), ...ended);
        this.epochs.settleAfter(context, await this.epochs.change(manager), 'shut-out');
        return after;
      },
    });
    this.approvals.assertWhole(context);
    return made;
  }

  /**
   * Newest first, also those that the trail alone keeps.
   * @throws AnkaError `cursor-invalid`; `record-outdated` if one is missing of which the trail does not tell whom it shuts out
   */
  list({ tenantId }: Context, query: ListRequest): Promise<{ items: Exclusion[]; next: string | null }> {
    return pageOfAll({ tenantId, listing: 'exclusions', filter: {} }, query, () => this.all(tenantId));
  }

  /** @throws AnkaError `exclusion-not-found`; `record-outdated` as `list` */
  async get(context: Context, id: string): Promise<Exclusion> {
    const one = (await this.all(context.tenantId)).find((exclusion) => exclusion.id === id);
    if (one === undefined) throw new AnkaError('exclusion-not-found');
    return one;
  }

  /**
   * Readmits the subject, also one that the trail alone keeps out. The holder of its tokens could be a second person, so that can
   * need two.
   * @throws AnkaError `exclusion-not-found`, `approval-required`; `audit-unavailable` if the exclusion has no row, and the trail does
   * not tell now whether it is in force
   */
  delete(context: Context, id: string): Promise<Exclusion | DryRun> {
    const { tenantId } = context;
    const operation = 'subject.readmit';
    return this.actions.run<HeldExclusion, Exclusion>(context, {
      operation,
      details: { exclusionId: id },
      check: async (manager) => {
        await lockTenant(manager, 'exclusions', tenantId);
        const held = await this.held(manager, tenantId, id);
        await this.rules.assertReadmittable(context);
        return held;
      },
      write: async (manager, held, report) => {
        if (held instanceof ExcludedSubject) await removeRecord(manager, held);
        await this.forgetLost(manager, held);
        const before = resourceOf(held);
        await report(auditEvent(context, { operation, details: detailsOf(before) }));
        this.epochs.settleAfter(context, await this.epochs.change(manager), 'let-in');
        return before;
      },
    });
  }

  /** All that are in force. One whose row is missing raises an alarm. */
  private async all(tenantId: string): Promise<Exclusion[]> {
    const missing = new MissingExclusions(tenantId);
    const rows = await this.sets.load(ExcludedSubject, tenantId, { missing: missing.note });
    return missing.with(rows).map(resourceOf);
  }

  /** The exclusion of that id: its row or, if there is none, what the trail says now. */
  private async held(manager: EntityManager, tenantId: string, id: string): Promise<HeldExclusion> {
    const record = await manager.findOneBy(ExcludedSubject, { tenantId, id });
    if (record !== null) {
      assertAsked(manager, record, { tenantId, id });
      return record;
    }
    const missing = new MissingExclusions(tenantId);
    const rows = await this.sets.loadDeciding(manager, ExcludedSubject, tenantId, { missing: missing.note });
    const kept = missing.with(rows).find((one) => one.id === id);
    if (kept === undefined) throw new AnkaError('exclusion-not-found');
    return kept;
  }

  /** The exclusion that is deleted, if its row was lost, and others of the same subject whose rows were lost end with it. */
  private async forgetLost(manager: EntityManager, held: HeldExclusion): Promise<void> {
    const { tenantId } = held;
    const digest = digestOf(held);
    const lost = [...this.sets.toldBefore(tenantId, kind)].filter(
      ([id, told]) => told === digest && !(held instanceof ExcludedSubject && id === held.id),
    );
    await noteLost(
      manager,
      tenantId,
      lost.map(([id]) => ({ kind, id, revision: 0 })),
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
