import { randomUUID } from 'node:crypto';
import { type AuditEvent, platformTenantId } from '@ankasecure/contracts';
import type { PolicyDocument } from '@ankasecure/policy-rules';
import type { Tenant } from '../tenant/tenant.entity.js';

/** A version as far as its event is concerned. */
export interface Change {
  readonly tenantId: string;
  readonly version: number;
  readonly document: PolicyDocument;
  readonly changedBy: string;
  readonly correlationId: string;
}

/** Longest value of an event's details. */
const maxDetail = 512;

/** Names in their order, and how many more there are where they do not fit. */
const listed = (names: readonly string[]): string => {
  const all = names.join(' ');
  if (all.length <= maxDetail) return all;
  const fitting = all.slice(0, all.lastIndexOf(' ', maxDetail - 16)).split(' ');
  return `${fitting.join(' ')} and ${names.length - fitting.length} more`;
};

const differences = (from: PolicyDocument, to: PolicyDocument): Record<string, string> => {
  const added = to.allowedAlgorithms.filter((name) => !from.allowedAlgorithms.includes(name));
  const removed = from.allowedAlgorithms.filter((name) => !to.allowedAlgorithms.includes(name));
  return {
    ...(added.length > 0 && { addedAlgorithms: listed(added) }),
    ...(removed.length > 0 && { removedAlgorithms: listed(removed) }),
    ...(from.fipsOnly !== to.fipsOnly && { fipsOnly: `${from.fipsOnly} to ${to.fipsOnly}` }),
  };
};

const eventOf = (
  { tenantId, changedBy, correlationId }: Change,
  over: Pick<AuditEvent, 'operation' | 'outcome' | 'failureCode' | 'details'>,
): AuditEvent => ({
  eventId: randomUUID(),
  tenantId,
  userId: changedBy,
  keyId: null,
  algorithm: null,
  occurredAt: Date.now() * 1000,
  correlationId,
  ...over,
});

/** A policy came in force: which version after which, and what changed. */
export const policyChanged = (change: Change, before: Pick<Change, 'version' | 'document'>): AuditEvent =>
  eventOf(change, {
    operation: 'policy.put',
    outcome: 'success',
    failureCode: null,
    details: {
      fromVersion: String(before.version),
      toVersion: String(change.version),
      ...differences(before.document, change.document),
    },
  });

/** A policy is in force that was not known here: which version after which, and what it changed. */
export const policyAdopted = (adopted: Change, before: Pick<Change, 'version' | 'document'> | null): AuditEvent =>
  eventOf(adopted, {
    operation: 'policy.adopt',
    outcome: 'success',
    failureCode: null,
    details: {
      toVersion: String(adopted.version),
      ...(before !== null && {
        fromVersion: String(before.version),
        ...differences(before.document, adopted.document),
      }),
    },
  });

/** A policy will never come in force. */
export const policyRefused = (change: Change, failureCode: string): AuditEvent =>
  eventOf(change, {
    operation: 'policy.put',
    outcome: 'failure',
    failureCode,
    details: { toVersion: String(change.version) },
  });

/** The first policy came in force: the tenant exists. In its own trail, and in that of the platform's auditors. */
export const tenantCreated = (change: Change, { id, slug, name, partition }: Tenant): readonly AuditEvent[] => {
  const details = { slug, name, partition, policyVersion: String(change.version) };
  const created = { operation: 'tenant.create', outcome: 'success', failureCode: null } as const;
  const own = eventOf(change, { ...created, details });
  if (id === platformTenantId) return [own];
  return [
    own,
    eventOf({ ...change, tenantId: platformTenantId }, { ...created, details: { tenantId: id, ...details } }),
  ];
};
