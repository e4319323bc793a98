import { randomUUID } from 'node:crypto';
import { type AuditEvent, platformTenantId, userIssuer } from '@ankasecure/contracts';
import { type Difference, differences, type PolicyDocument } from '@ankasecure/policy-rules';
import type { Tenant } from '../tenant/tenant.entity.js';

/** A version as far as its event is concerned. */
export interface Change {
  readonly tenantId: string;
  readonly version: number;
  readonly document: PolicyDocument;
  /** The earlier version it brings back. */
  readonly restores?: number | null;
  readonly changedBy: string;
  /** Who said that it was he; none where the service itself did it. */
  readonly changedByIssuer?: string | null;
  /** Where it took two people. */
  readonly approvalId?: string | null;
  readonly requestedBy?: string | null;
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

const inWords = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** What a difference is in an event's details: the two lists of algorithms, and any other field before and after. */
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

/** Who approved it is the event's user. */
const approvalOf = ({ approvalId, requestedBy }: Change): Record<string, string> =>
  typeof approvalId === 'string' && typeof requestedBy === 'string' ? { approvalId, requestedBy } : {};

const eventOf = (
  change: Change,
  { details, ...over }: Pick<AuditEvent, 'operation' | 'outcome' | 'failureCode' | 'details'>,
): AuditEvent => ({
  eventId: randomUUID(),
  tenantId: change.tenantId,
  userId: change.changedBy,
  keyId: null,
  algorithm: null,
  occurredAt: Date.now() * 1000,
  correlationId: change.correlationId,
  ...over,
  details: { ...details, ...userIssuer({ issuer: change.changedByIssuer ?? undefined }), ...approvalOf(change) },
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
      ...(change.restores !== null && change.restores !== undefined && { restoredVersion: String(change.restores) }),
      ...changes(before.document, change.document),
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
        ...changes(before.document, adopted.document),
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
