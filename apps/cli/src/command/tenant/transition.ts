import type { CallOf, OperationId } from '@ankasecure/sdk';
import { change } from '../../context/change.js';
import type { CommandRow } from '../../context/command-row.js';

const transitions = [
  ['disable', 'disableTenant', 'Stop every use and change of a tenant’s keys'],
  ['enable', 'enableTenant', 'Let a disabled tenant work again'],
  ['rotate-kek', 'rotateKek', 'Rewrap the tenant’s keys by a new KEK'],
] as const satisfies readonly (readonly [string, OperationId, string])[];

export const tenantTransitions: readonly CommandRow[] = transitions.map(([name, operation, summary]) => ({
  name: `${name} <tenant>`,
  summary,
  example: `ankasecure tenant ${name} 01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55`,
  dryRun: true,
  run: (context, [tenant]) => change(context, operation, { path: { tenant }, body: {} } as CallOf<typeof operation>),
}));
