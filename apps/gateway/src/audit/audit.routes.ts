import { acceptTrails, queryEvents, verifyTrail } from '@ankasecure/contracts';
import { ids, instants } from '../route/example.js';
import type { Route } from '../route/route.js';

const digest = 'mF3yT0gYb1hJ1rQm7m1y0xH0o2m0fS9C3m8Zk6f1n2A';

const event = {
  eventId: ids.event,
  tenantId: ids.tenant,
  userId: 'payments-service',
  keyId: ids.signingKey,
  algorithm: 'EC-P256',
  operation: 'sign',
  outcome: 'success',
  failureCode: null,
  occurredAt: instants.occurred,
  correlationId: 'invoice-run-47',
  details: { alg: 'ES256', custody: 'token', version: '1' },
  seq: 1204,
  macKeyId: '1.2026-11-23',
  hmac: digest,
  previousHash: digest,
  hash: digest,
  sealedAt: instants.sealed,
};

const about = { tag: 'Audit', roles: ['auditor', 'tenant-admin'], status: 200 } as const;

export const auditRoutes: readonly Route[] = [
  {
    ...about,
    method: 'GET',
    path: '/audit/events',
    operationId: 'queryEvents',
    summary: 'Query sealed audit events',
    description:
      'An event appears once it is sealed: normally within milliseconds of the answer it reports, later if the audit service is unavailable. Every item is compared with the MACs of the HSM and with the seal of its batch, so without a crypto-worker there is no answer. A row that fails is not an item: `unproven` has it, with the reason. A trail has every number (`seq`) from 1 on. `missing` tells which ones the page lacks, if the query has no filter; with a filter, rows can be hidden from it. `POST /audit/verify` says more. A page can have fewer items than `limit`: follow `next`.',
    contract: queryEvents,
    takes: 'parameters',
    withinMs: 15_000,
    errors: ['cursor-invalid', 'hsm-unavailable', 'hsm-timeout'],
    example: {
      reply: { items: [event], next: null, unproven: [], missing: [{ fromSeq: 1, untilSeq: 1203 }] },
    },
  },
  {
    ...about,
    method: 'POST',
    path: '/audit/verify',
    operationId: 'verifyTrail',
    summary: 'Verify the audit trail',
    description:
      'Recomputes the MACs, the hash chain and the batch seals of a range, compares the trail with the anchor in the HSM, and reports the first event that fails. Send `{}` to verify the whole trail. A tenant can run one verification at a time.',
    repairs: true,
    contract: verifyTrail,
    takes: 'body',
    withinMs: 100_000,
    errors: ['hsm-unavailable', 'hsm-timeout'],
    example: {
      request: { fromSeq: 1, untilSeq: 1204 },
      reply: {
        valid: true,
        checked: 1204,
        fromSeq: 1,
        untilSeq: 1204,
        firstBadSeq: null,
        reason: null,
        headHash: digest,
        anchor: { standing: 'matches', seq: 1204, detail: null },
      },
    },
  },
  {
    method: 'POST',
    path: '/audit/trails/accept',
    operationId: 'acceptTrails',
    tag: 'Audit',
    summary: 'Accept restored audit trails',
    description:
      'After the audit database was restored from a backup, the trails end before the place that the HSM remembers, and nothing is sealed. This call verifies the trails and accepts those that are sound, as they are. A trail that fails stays refused, and the answer names its first bad event. If the time does not suffice, repeat the call: it goes on from there. Your name and the reason are sealed first, in the platform’s trail. Trails that match the HSM are left as they are.',
    roles: ['platform-admin'],
    repairs: true,
    contract: acceptTrails,
    takes: 'body',
    status: 200,
    dryRun: true,
    withinMs: 100_000,
    errors: ['trail-unsound', 'hsm-unavailable', 'hsm-timeout'],
    example: {
      request: {},
      reply: {
        accepted: true,
        reason: 'ankadb_audit is older than the HSM: it ends at anchor 41, the HSM holds anchor 57.',
        refused: [],
      },
    },
  },
];
