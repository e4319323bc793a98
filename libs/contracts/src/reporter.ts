import type { Service } from './bus.js';

/** The services that report events to the audit service. Each has a subject of its own, and so has each partition's workers. */
export const reporters = ['gateway', 'policy', 'crypto-worker'] as const satisfies readonly Service[];
export type Reporter = (typeof reporters)[number];

/** Only a service with a subject of its own may report. */
export const isReporter = (service: Service): service is Reporter =>
  (reporters as readonly Service[]).includes(service);

/** The families of operations that each service reports: the first word of their names. An operation of no family is refused. */
export const families: Readonly<Record<Reporter, readonly string[]>> = {
  gateway: [
    'access',
    'approval',
    'hsm',
    'identity',
    'issuer',
    'outbox',
    'record',
    'service-account',
    'subject',
    'token',
  ],
  policy: ['outbox', 'policy', 'record', 'tenant'],
  'crypto-worker': [
    'alias',
    'audit-mac',
    'blob-mac',
    'checkpoint-ed25519',
    'checkpoint-ml-dsa',
    'checkpoint-p256',
    'csr',
    'datakey',
    'decapsulate',
    'decrypt',
    'encapsulate',
    'encrypt',
    'import',
    'kek',
    'key',
    'object',
    'outbox',
    'policy-copy',
    'random',
    'record',
    'record-mac',
    'reencrypt',
    'resign',
    'sign',
    'token-signing',
    'unwrap',
    'verify',
    'wrap',
  ],
};

/** Tells whether the service may report the operation, or a dry run of it. */
export const mayReport = (reporter: Reporter, operation: string): boolean => {
  const [family = ''] = operation.replace(/^dry-run\./, '').split('.');
  return families[reporter].includes(family);
};

/**
 * The details as the audit service seals them: with who reported the event, and without its span. What a reporter states under
 * these names is left out.
 */
export const reporterDetails = (
  details: Readonly<Record<string, string>> | undefined,
  reporter: Service,
  partition: string | undefined,
): Readonly<Record<string, string>> => {
  const { reportedBy: _, reporterPartition: __, traceparent: ___, ...own } = details ?? {};
  return { ...own, reportedBy: reporter, ...(partition !== undefined && { reporterPartition: partition }) };
};
