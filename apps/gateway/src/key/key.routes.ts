import { createKey, getKey, listAlgorithms, listKeys } from '@ankasecure/contracts';
import { tenantRoles } from '../auth/role.js';
import type { Route } from '../route/route.js';
import { key } from './key.example.js';

const noCertificate = { verdict: 'unknown', reason: 'No CMVP certificate is configured for this HSM' } as const;
const uncertified = { listed: noCertificate, active: noCertificate };

const algorithms = {
  items: [
    {
      algorithm: 'EC-P256',
      purpose: 'sign',
      algs: ['ES256'],
      available: true,
      custodies: ['token', 'wrapped'],
      publicKeys: ['verify'],
      software: false,
      uses: ['protect', 'process'],
      reasons: [],
      warnings: [],
      outsideSteps: [
        {
          alg: 'ES256',
          step: 'message-hash',
          detail: 'The worker hashes the message, and the token signs the hash.',
          fipsOnlyRefuses: false,
        },
      ],
      strength: 128,
      quantumSafe: false,
      fips: key.fips,
      verdicts: {
        approved: { verdict: 'yes', reason: 'EC-P256 for sign is approved to protect data (FIPS 186-5 §6 (ECDSA))' },
        ...uncertified,
      },
    },
    {
      algorithm: 'Ed25519',
      purpose: 'sign',
      algs: [],
      available: false,
      custodies: [],
      publicKeys: [],
      software: false,
      uses: [],
      reasons: [
        {
          code: 'policy',
          detail: 'Ed25519 is not allowed by the tenant’s policy',
          rule: 'allowedAlgorithms',
          source: 'the tenant’s policy',
        },
      ],
      warnings: [],
      outsideSteps: [],
      strength: 128,
      quantumSafe: false,
      fips: { approved: true, source: 'FIPS 186-5 §7 (EdDSA)' },
      verdicts: {
        approved: { verdict: 'yes', reason: 'Ed25519 for sign is approved to protect data (FIPS 186-5 §7 (EdDSA))' },
        ...uncertified,
      },
    },
  ],
  contentEncryption: [
    {
      enc: 'A256GCM',
      uses: ['protect', 'process'],
      strength: 256,
      quantumSafe: true,
      fips: { approved: true, source: 'FIPS 197; SP 800-38D (GCM)' },
    },
  ],
  hsm: {
    partition: 'default',
    profile: 'softhsm',
    token: 'ankasecure',
    serial: '5d1b2c7a90e4f316',
    manufacturer: 'SoftHSM project',
    model: 'SoftHSM v2',
    firmware: '2.6',
    cmvp: null,
  },
  policyVersion: 3,
  fipsOnly: false,
};

const hsm = ['hsm-unavailable', 'hsm-timeout', 'hsm-error', 'platform-key-unrecorded'] as const;

export const keyRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/keys',
    operationId: 'createKey',
    tag: 'Keys',
    summary: 'Create a key',
    description:
      'The HSM generates the private or secret key, which never leaves it in plaintext. A key has one purpose, which cannot be changed.',
    roles: ['tenant-admin', 'application-admin'],
    contract: createKey,
    takes: 'body',
    status: 201,
    idempotent: true,
    etag: true,
    notice: true,
    dryRun: true,
    location: '/keys',
    withinMs: 60_000,
    errors: [
      'policy-refused',
      'tenant-mismatch',
      'purpose-mismatch',
      'algorithm-mismatch',
      'algorithm-unavailable',
      ...hsm,
      'audit-unavailable',
      'decision-outdated',
    ],
    example: { request: { algorithm: 'EC-P256', label: 'invoice signing', purpose: 'sign' }, reply: key },
  },
  {
    method: 'GET',
    path: '/keys',
    operationId: 'listKeys',
    tag: 'Keys',
    summary: 'List keys',
    description:
      'Keys are sorted newest first. The list holds the keys the caller may see; a user needs a grant to see a key. Send the same filter with each cursor.',
    roles: tenantRoles,
    contract: listKeys,
    takes: 'parameters',
    status: 200,
    withinMs: 10_000,
    errors: ['cursor-invalid'],
    example: { reply: { items: [key], next: null } },
  },
  {
    method: 'GET',
    path: '/keys/{id}',
    operationId: 'getKey',
    tag: 'Keys',
    summary: 'Read a key',
    roles: tenantRoles,
    right: 'view',
    contract: getKey,
    takes: 'parameters',
    status: 200,
    etag: true,
    unknownId: 'key-not-found',
    withinMs: 10_000,
    errors: ['key-not-found', 'key-access-denied'],
    example: { reply: key },
  },
  {
    method: 'GET',
    path: '/algorithms',
    operationId: 'listAlgorithms',
    tag: 'Keys',
    summary: 'List the algorithms a tenant can use',
    description:
      'Combines the tenant’s policy with the mechanisms the HSM offers now, and gives the reasons why an algorithm is not available.',
    roles: tenantRoles,
    contract: listAlgorithms,
    takes: 'parameters',
    status: 200,
    withinMs: 15_000,
    errors: [...hsm],
    example: { reply: algorithms },
  },
];
