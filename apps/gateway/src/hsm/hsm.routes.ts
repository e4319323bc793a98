import { type DoctorReport, hsmTest } from '@ankasecure/contracts';
import { instants } from '../route/example.js';
import type { Route } from '../route/route.js';
import { surveyHsmHere, testHsmHere } from './hsm.contract.js';

const slot = {
  index: 0,
  description: 'SoftHSM slot ID 0x1',
  label: 'ankasecure',
  serialNumber: '4f1c2a9be0d37712',
  manufacturer: 'SoftHSM project',
  model: 'SoftHSM v2',
  hardware: '2.6',
  firmware: '2.6',
  flags: ['initialized', 'loginRequired'],
};

const surveyed: DoctorReport = {
  format: 'ankasecure-hsm-doctor',
  version: 1,
  at: instants.created,
  ok: true,
  exitCode: 0,
  stopped: false,
  partition: 'default',
  library: {
    path: '/usr/lib/softhsm/libsofthsm2.so',
    description: 'Implementation of PKCS11',
    manufacturer: 'SoftHSM',
    version: '2.6',
    cryptoki: '2.40',
    interfaces: null,
    hasVendorKem: false,
  },
  slots: [slot],
  token: { ...slot, minPinLength: 8, maxPinLength: 255 },
  mechanisms: [{ number: 4176, name: 'EC_KEY_PAIR_GEN', flags: ['generateKeyPair'], minKeySize: 256, maxKeySize: 521 }],
  profile: {
    configured: 'softhsm',
    used: 'softhsm',
    evidence: 'run',
    fits: 'softhsm',
    differences: [],
    candidates: [{ name: 'softhsm', points: 8, reasons: ['lists its AES-GCM'] }],
  },
  keys: [],
  findings: [
    {
      code: 'token-by-index',
      level: 'note',
      about: 'token',
      problem: 'The token is selected by its slot index, which can change.',
      remedy: 'Set token-label.',
    },
  ],
  removed: [],
  left: [],
};

const common = {
  tag: 'HSMs',
  roles: ['platform-admin'],
  status: 200,
} as const;

export const hsmRoutes: readonly Route[] = [
  {
    ...common,
    method: 'GET',
    path: '/hsms/{partition}/capabilities',
    operationId: 'surveyHsm',
    summary: 'Look at an HSM',
    description:
      'A worker of the partition loads the library in a process of its own and tells what `hsm doctor --no-login --json` would: the library and its interfaces, the tokens, the mechanisms, and the profile that fits best. It does not log in. An answer can be ten seconds old. While no worker of the partition runs, the answer is 503.',
    contract: surveyHsmHere,
    takes: 'parameters',
    withinMs: 75_000,
    errors: ['partition-not-found', 'audit-unavailable'],
    example: { reply: surveyed },
  },
  {
    ...common,
    method: 'POST',
    path: '/hsms/{partition}/selftest',
    operationId: 'testHsm',
    summary: 'Test an HSM',
    description:
      'A worker of the partition makes, uses and destroys a key of everything that the token and its profile promise, in a process of its own with a login of its own, and tells what `hsm doctor --json` would. It leaves nothing on the token. When the time is nearly over, the keys that were not tried are `skipped`, and `stopped` is true. One test runs at a time on a partition, and the next one begins only after a pause as long as the last one took: otherwise the answer is 429. Other requests to the HSM are slower meanwhile. A test logs in, so none is made with a PIN that the HSM has refused, or by a worker without a login: the answer is 503.',
    contract: testHsmHere,
    takes: 'body',
    body: hsmTest.meta({ id: 'HsmTest' }),
    withinMs: 100_000,
    errors: ['partition-not-found', 'hsm-error', 'hsm-timeout', 'hsm-unavailable', 'audit-unavailable'],
    example: {
      request: { quick: true },
      reply: {
        ...surveyed,
        keys: [
          {
            algorithm: 'EC-P256',
            purpose: 'sign',
            custody: 'token',
            outcome: 'works',
            algs: [{ alg: 'ES256', works: true, detail: '' }],
            ms: { generate: 21.4, use: 3.1, destroy: 2.2 },
          },
        ],
      } satisfies DoctorReport,
    },
  },
];
