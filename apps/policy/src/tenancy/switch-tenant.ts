import {
  AnkaError,
  auditEvent,
  type Context,
  type DryRun,
  type disableTenant,
  onRecord,
  platformTenantId,
  type Tenant as TenantResource,
  unchanged,
} from '@ankasecure/contracts';
import { type Action, ActionRunner, type Answer, changeRecord, isDryRun } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import { switchOf } from '../policy/change-event.js';
import { currentPolicy } from '../policy/policy-resource.js';
import { PolicyVersion } from '../policy/policy-version.entity.js';
import { authorOf, confirmedBy, lockedTenant } from '../policy/requested-change.js';
import { newerPolicy, SettleChange } from '../policy/settle-change.js';
import type { Tenant } from '../tenant/tenant.entity.js';
import { ReadTenant } from './read-tenant.js';

export type SwitchRequest = z.infer<typeof disableTenant.contract.request>;

type WantedState = 'active' | 'disabled';

/** The version in force, and whether the tenant must change. */
interface SwitchPlan {
  readonly tenant: Tenant;
  readonly active: PolicyVersion;
  /** The number of the version that changes it. */
  readonly next: number;
  /** Whether that version is stored, and waits for the workers. */
  readonly isPending: boolean;
  readonly stands: boolean;
}

/**
 * Disables and enables tenants. A switch is a version of the tenant's policy with an unchanged document: the workers enforce it
 * under the same fence, and it is sent again until they confirm it. After the answer, no worker releases a result that was
 * decided before.
 */
@Injectable()
export class SwitchTenant {
  constructor(
    private readonly actions: ActionRunner,
    private readonly changes: SettleChange,
    private readonly reader: ReadTenant,
  ) {}

  /** @throws AnkaError `tenant-unknown`, `access-denied`, `request-invalid`, `policy-pending`, `policy-not-applied`, `audit-unavailable` */
  async turn(context: Context, { reason }: SwitchRequest, to: WantedState): Promise<Answer<TenantResource | DryRun>> {
    if (context.dryRun !== true) await this.changes.settleEarlier(context);
    const stored = await this.actions.run(context, switching(context, reason, to));
    if (isDryRun(stored)) return { body: stored };
    if (stored !== null) {
      const confirmed = await this.changes.confirm(context.tenantId, stored, confirmedBy(context));
      // The workers may have enforced another version of that number.
      if (confirmed.disabled !== (to === 'disabled')) throw onRecord(newerPolicy());
    }
    return { body: await this.reader.get(context) };
  }
}

const told = (reason: string | undefined): Readonly<Record<string, string>> => (reason === undefined ? {} : { reason });

/** Stores the pending version of a switch. @returns the number of the version to confirm; null if the switch is in force */
const switching = (
  context: Context,
  reason: string | undefined,
  to: WantedState,
): Action<SwitchPlan, number | null> => ({
  operation: switchOf(to === 'disabled'),
  isRecordedLater: (stored) => stored !== null,
  check: async (manager) => {
    const tenant = await switchable(manager, context);
    const { active, pending, newest } = await currentPolicy(manager, context.tenantId);
    if (pending !== null && pending.disabled !== (to === 'disabled'))
      throw new AnkaError('policy-pending', `Version ${pending.version} is not confirmed on every worker yet.`);
    const stands = pending !== null || active.disabled === (to === 'disabled');
    return { tenant, next: pending?.version ?? newest + 1, isPending: pending !== null, active, stands };
  },
  write: async (manager, { tenant, active, next, isPending, stands }, record) => {
    if (stands) {
      // An earlier call made the change, or is making it.
      const operation = switchOf(to === 'disabled');
      await record(auditEvent(context, { operation, details: { ...told(reason), ...unchanged } }));
      return isPending && active.disabled !== (to === 'disabled') ? next : null;
    }
    const { tenantId } = context;
    await manager.insert(PolicyVersion, {
      tenantId,
      version: next,
      document: active.document,
      disabled: to === 'disabled',
      reason: reason ?? null,
      ...authorOf(context),
    });
    // It is disabled before the workers know. It is enabled when they do.
    if (to === 'disabled') await changeRecord(manager, tenant, { state: 'disabled' });
    return next;
  },
});

/** Locks the tenant, so that one version is stored at a time. */
const switchable = async (manager: EntityManager, context: Context): Promise<Tenant> => {
  const { tenantId, roles = [] } = context;
  if (!roles.includes('platform-admin'))
    throw new AnkaError('access-denied', 'Only administrators of the platform can manage tenants');
  if (tenantId === platformTenantId)
    throw new AnkaError('request-invalid', 'The platform’s own tenant cannot be disabled');
  const tenant = await lockedTenant(manager, context);
  if (tenant === null) throw new AnkaError('tenant-unknown');
  return tenant;
};
