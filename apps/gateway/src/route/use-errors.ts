import type { ErrorCode } from '@ankasecure/contracts';

/** The errors of a key that is used. */
export const usedKeyErrors: readonly ErrorCode[] = [
  'key-not-found',
  'key-access-denied',
  'key-state',
  'policy-refused',
  'purpose-mismatch',
  'algorithm-mismatch',
  'algorithm-unavailable',
  'key-blob-refused',
  'record-forged',
  'kek-retired',
];

/** The errors of whatever the HSM does and the audit trail records. */
export const hsmUseErrors: readonly ErrorCode[] = [
  'hsm-unavailable',
  'hsm-timeout',
  'hsm-error',
  'audit-unavailable',
  'decision-outdated',
];
