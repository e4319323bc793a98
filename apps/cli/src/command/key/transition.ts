import type { CallOf, OperationId } from '@ankasecure/sdk';
import { change } from '../../context/change.js';
import { type CommandRow, given, text } from '../../context/command-row.js';
import { keyColumns } from './create.js';

/** The changes of state that take no more than a version. */
const transitions = [
  ['activate', 'activateKey', 'Let a key protect data from now on'],
  ['suspend', 'suspendKey', 'Stop every use of a key until it is resumed'],
  ['resume', 'resumeKey', 'Let a suspended key be used again'],
  ['deactivate', 'deactivateKey', 'Let a key only decrypt and verify from now on'],
  ['revoke', 'revokeKey', 'Revoke a key'],
  ['compromise', 'compromiseKey', 'Say that a key has become known to others'],
  ['cancel-destroy', 'cancelDestruction', 'Keep a key that was to be destroyed'],
] as const satisfies readonly (readonly [string, OperationId, string])[];

export const keyTransitions: readonly CommandRow[] = transitions.map(([name, operation, summary]) => ({
  name: `${name} <key>`,
  summary,
  example: `ankasecure key ${name} invoices`,
  dryRun: true,
  options: [
    { flags: '--key-version <n>', about: 'Only this version' },
    { flags: '--reason <text>', about: 'Why, for the record' },
  ],
  run: async (context, [id], options) => {
    const version = text(options, 'keyVersion');
    const body = given({
      version: version === undefined ? undefined : Number(version),
      reason: text(options, 'reason'),
    });
    const done = await change(context, operation, { path: { id }, body } as CallOf<typeof operation>);
    return context.dryRun ? done : { ...done, columns: keyColumns };
  },
}));
