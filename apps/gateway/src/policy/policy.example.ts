import { ids, instants } from '../route/example.js';

export const document = {
  allowedAlgorithms: ['RSA-3072', 'EC-P256', 'AES-256'],
  fipsOnly: true,
  sunsets: [{ algorithm: 'RSA-3072', warnFrom: '2027-01-01T00:00:00Z', protectUntil: '2030-01-01T00:00:00Z' }],
};

export const policy = {
  tenantId: ids.tenant,
  version: 3,
  ...document,
  changedBy: 'alice@acme.example',
  changedAt: instants.created,
  pendingVersion: null,
};

export const version = {
  version: 3,
  state: 'active',
  changedBy: 'alice@acme.example',
  changedAt: instants.created,
  restores: null,
  disabled: false,
};

export const template = {
  name: 'permissive-dev',
  title: 'Development',
  description: 'Allows everything this installation can do, including keys in software. Not for production.',
  document: { allowedAlgorithms: ['EC-P256', 'AES-256'], fipsOnly: false },
  sources: [{ rule: 'allowedAlgorithms', source: 'none: for development' }],
};

export const notListed = {
  code: 'policy',
  rule: 'allowedAlgorithms',
  detail: 'EC-P256 is not allowed by the tenant’s policy',
  source: 'the tenant’s policy',
} as const;
