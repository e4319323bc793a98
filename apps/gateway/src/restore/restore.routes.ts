import { z } from 'zod';
import { ids } from '../route/example.js';
import type { Route } from '../route/route.js';
import { restoreTenantHere } from './restore.contract.js';

const nothing = z.strictObject({}).meta({ id: 'RestoreTenant' });

export const restoreRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/tenants/{tenant}/restore',
    operationId: 'restoreTenant',
    tag: 'Tenants',
    summary: 'Apply the audit trail to restored databases',
    description:
      'After a database was restored from a backup, records that are older than the audit trail are refused. This call applies the policies again, and the states that the trail holds if they allow less. It accepts what the trail knows only by its digest. The answer and the trail say what was done with each record. Repeating the call does nothing more.',
    roles: ['platform-admin'],
    repairs: true,
    contract: restoreTenantHere,
    takes: 'body',
    body: nothing,
    status: 200,
    dryRun: true,
    withinMs: 60_000,
    errors: [
      'tenant-mismatch',
      'policy-not-applied',
      'hsm-unavailable',
      'hsm-timeout',
      'hsm-error',
      'platform-key-unrecorded',
    ],
    example: {
      request: {},
      reply: {
        tenantId: ids.tenant,
        counts: { reapplied: 1, accepted: 1, removed: 0, lost: 0, kept: 0 },
        records: [
          { kind: 'key', id: ids.signingKey, outcome: 'accepted', state: null },
          { kind: 'key_version', id: `${ids.signingKey}/1`, outcome: 'reapplied', state: 'COMPROMISED' },
        ],
        policyVersion: 7,
      },
    },
  },
];
