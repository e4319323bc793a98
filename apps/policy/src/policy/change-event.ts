import { type Actor, type AuditEvent, auditEvent, platformTenantId } from '@ankasecure/contracts';
import { type Difference, differences, type PolicyDocument } from '@ankasecure/policy-rules';
import type { Tenant } from '../tenant/tenant.entity.js';

/** The facts of a version that its event reports. */
export interface PolicyChange {
  readonly tenantId: string;
  readonly version: number;
  readonly document: PolicyDocument;
  /** Whether the tenant is disabled while the version is in force. */
  readonly disabled: boolean;
  readonly reason?: string | null;
  /** The earlier version that a rollback restored. */
  readonly restores?: number | null;
  readonly changedBy: string;
  /** The issuer that vouches for `changedBy`. Absent if the service acts by itself. */
  readonly changedByIssuer?: string | null;
  /** The address that the change came from, if it is recorded. */
  readonly changedFrom?: string | null;
  /** Set if two people made the change. */
  readonly approvalId?: string | null;
  readonly requestedBy?: string | null;
  readonly requestedByIssuer?: string | null;
  readonly correlationId: string;
}

/** Longest value of an event's details. */
const maxDetail = 512;

/** Lists names in their order. If they do not fit, it says how many more there are. */
const listed = (names: readonly string[]): string => {
  const all = names.join(' ');
  if (all.length <= maxDetail) return all;
  const fitting = all.slice(0, all.lastIndexOf(' ', maxDetail - 16)).split(' ');
  return `${fitting.join(' ')} and ${names.length - fitting.length} more`;
};

const inWords = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Details of one difference: added and removed algorithms, or a field before and after. */
const detailsOf = ({ field, algorithm, added, removed, before, after }: Difference): Record<string, string> => {
  if (field === 'allowedAlgorithms' && added !== undefined && removed !== undefined)
    return {
      ...(added.length > 0 && { addedAlgorithms: listed(added) }),
      ...(removed.length > 0 && { removedAlgorithms: listed(removed) }),
    };
  const name = algorithm === undefined ? field : `${field}.${algorithm}`;
  const change =
    added === undefined
      ? `${inWords(before)} to ${inWords(after)}`
      : [...added.map((one) => `+${one}`), ...(removed ?? []).map((one) => `-${one}`)].join(' ');
  return { [name]: change.slice(0, maxDetail).toWellFormed() };
};

const changes = (from: PolicyDocument, to: PolicyDocument): Record<string, string> =>
  Object.assign({}, ...differences(from, to).map(detailsOf)) as Record<string, string>;

/** The event's user is the principal who changed the policy, or approved the change. */
const actorOf = (change: PolicyChange): Actor => {
  const {
    tenantId,
    changedBy: principal,
    changedByIssuer: issuer,
    changedFrom: clientAddress,
    approvalId: id,
    requestedBy,
    requestedByIssuer,
    correlationId,
  } = change;
  const of = typeof requestedByIssuer === 'string' ? { requestedByIssuer } : {};
  return {
    tenantId,
    principal,
    correlationId,
    ...(typeof issuer === 'string' && { issuer }),
    ...(typeof clientAddress === 'string' && { clientAddress }),
    ...(typeof id === 'string' && typeof requestedBy === 'string' && { approval: { id, requestedBy, ...of } }),
  };
};

/** Reports that a policy came into force: the versions before and after, and their differences. */
export const policyChanged = (change: PolicyChange, before: Pick<PolicyChange, 'version' | 'document'>): AuditEvent =>
  auditEvent(actorOf(change), {
    operation: 'policy.put',
    details: {
      fromVersion: String(before.version),
      toVersion: String(change.version),
      ...(change.restores !== null && change.restores !== undefined && { restoredVersion: String(change.restores) }),
      ...changes(before.document, change.document),
    },
  });

/** Reports a policy in force that this database did not know: the versions before and after, and their differences. */
export const policyAdopted = (
  adopted: PolicyChange,
  before: Pick<PolicyChange, 'version' | 'document'> | null,
): AuditEvent =>
  auditEvent(actorOf(adopted), {
    operation: 'policy.adopt',
    details: {
      toVersion: String(adopted.version),
      ...(adopted.disabled && { tenantState: 'disabled' }),
      ...(before !== null && {
        fromVersion: String(before.version),
        ...changes(before.document, adopted.document),
      }),
    },
  });

/** Reports that a policy was refused and never comes into force. */
export const policyRefused = (change: PolicyChange, failureCode: string): AuditEvent =>
  auditEvent(actorOf(change), {
    operation: 'policy.put',
    failureCode,
    details: { toVersion: String(change.version) },
  });

/** An event of the tenant that enters its own trail and the platform's. */
const inBothTrails = (change: PolicyChange, operation: string, details: Record<string, string>): AuditEvent[] => {
  const actor = actorOf(change);
  const own = auditEvent(actor, { operation, details });
  if (change.tenantId === platformTenantId) return [own];
  const platform = { ...actor, tenantId: platformTenantId };
  return [own, auditEvent(platform, { operation, details: { tenantId: change.tenantId, ...details } })];
};

/** Reports that the first policy came into force, so the tenant exists. */
export const tenantCreated = (change: PolicyChange, { slug, name, partition }: Tenant): readonly AuditEvent[] =>
  inBothTrails(change, 'tenant.create', { slug, name, partition, policyVersion: String(change.version) });

/** The operation that disables or enables a tenant. */
export const switchOf = (disabled: boolean): string => (disabled ? 'tenant.disable' : 'tenant.enable');

/** Reports that the tenant was disabled or enabled on every worker. */
export const tenantSwitched = (change: PolicyChange, { slug }: Tenant): readonly AuditEvent[] =>
  inBothTrails(change, switchOf(change.disabled), {
    slug,
    policyVersion: String(change.version),
    ...(typeof change.reason === 'string' && { reason: change.reason }),
  });
