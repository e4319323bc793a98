import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import StartsFirst from './starts-first.sequencer.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));

/** The end-to-end specs that attack a stack: `npm run test:attack`. They take as long as all others together. */
const attacks = ['audit', 'bad-input', 'clock', 'outbox', 'policy-race', 'record', 'secret'].map(
  (folder) => `test/e2e/${folder}/**/*.spec.ts`,
);
/**
 * The end-to-end specs that take longest: those with stacks of their own, of the largest data, of dates that are awaited, of random
 * calls and of every command. `npm run test:long`.
 */
const longRuns = [
  'access/four-eyes',
  'access/mutual-tls',
  'cli/cli',
  'connector/connector',
  'connector/hostile-url',
  'custody/partition',
  'custody/public-key',
  'custody/software',
  'custody/wrong-import',
  'lifecycle/key-set',
  'lifecycle/planned-rotation',
  'lifecycle/rotation-policy',
  'model/model',
  'policy/key-life',
  'policy/sunset',
  'sdk/mutual-tls',
  'telemetry/trace',
  'trail/checkpoint',
  'trail/limit',
  'vertical/limit',
].map((name) => `test/e2e/${name}.spec.ts`);
/**
 * The specs of parts that take longest: those that wait for backlogs, refused rows, floods and silent processes, that verify and
 * accept trails many times, that look for what a database hides, that make every MAC and rotation, that make checkpoints and deliver
 * through connectors, that read every type of PostgreSQL, and the one that compiles the worker several times.
 * `npm run test:long`.
 */
const longParts = [
  ...['database/data-source', 'outbox/outbox', 'outbox/lost-events', 'nats/frozen-member', 'nats/silence'].map(
    (name) => `libs/testing/src/${name}.spec.ts`,
  ),
  ...[
    'acceptance/accept-trails',
    'anchor/unproven-trails',
    'checkpoint/attacked-tree',
    'checkpoint/make-checkpoint',
    'checkpoint/read-tree',
    'checkpoint/walked-tree',
    'connector/delivery/delivery',
    'connector/delivery/delivery-turns',
    'connector/replay/replay',
    'connector/trial/test-connector',
    'end/trail-descent',
    'end/unjoined-branch',
    'end/unknown-trail',
    'event/sealing-time',
    'intake/made-mac',
    'listing/accepted-elsewhere',
    'record/lying-database',
    'trail/slice-bytes',
  ].map((name) => `apps/audit/src/${name}.spec.ts`),
  ...['kek/hidden-blob', 'kek/rewrap-keys', 'life/due/rotate-due'].map(
    (name) => `apps/crypto-worker/src/${name}.spec.ts`,
  ),
  ...[
    'admission/stranger',
    'approval/hidden-request',
    'exclusion/hidden-exclusion',
    'exclusion/kept-exclusion',
    'idempotency/forged-record',
    'issuer/hidden-issuer',
  ].map((name) => `apps/gateway/src/${name}.spec.ts`),
  ...['policy/hidden-change', 'policy/hidden-version', 'tenancy/history'].map(
    (name) => `apps/policy/src/${name}.spec.ts`,
  ),
  'test/conformance/new-kind.spec.ts',
];
/**
 * The specs of starts that go wrong, that have a second partition, that examine a token and that re-read files: a start for each
 * test. `npm run test:long`.
 */
const longStarts = ['doctor', 'hang-up', 'refused-start', 'second-partition'].map(
  (name) => `test/e2e/start/${name}.spec.ts`,
);
/** The worker's specs that call one of these functions. */
const calling = (functions: RegExp): string[] =>
  globSync('apps/crypto-worker/src/**/*.spec.ts', { cwd: repository }).filter((path) =>
    functions.test(readFileSync(join(repository, path), 'utf8')),
  );
/** The specs with a SoftHSM token. A process can open one, so each of them has a process of its own; the others share theirs. */
const hsm = calling(/\b(enterSoftHsmToken|enterToken)\(/);
/**
 * Those of them that take longest. They wait for a token's faults, or several processes share a token, or they make a key of every
 * algorithm; and the custody's suite once more, in software and through the shim: whole, and under the limits of every
 * vendor. `npm run test:long`.
 */
const longHsm = hsm.filter((path) =>
  [
    /checkpoint\/sign-checkpoint\.spec\.ts$/,
    /custody\/software\/software\.spec\.ts$/,
    /custody\/pkcs11\/(fault|forged-record|several-processes|transparent-shim|vendor-behaviour|vendor-profile)\.spec\.ts$/,
    /doctor\/doctor\.spec\.ts$/,
    /hsm\/examine-hsm\.spec\.ts$/,
    /platform-key\/unrecorded-key\.spec\.ts$/,
    /policy\/vendor-offer\.spec\.ts$/,
    /record\/(adopt-records|adoption)\.spec\.ts$/,
  ].some((long) => long.test(path)),
);
/** The specs with a kryoptic token: its own, and those that run on any token. */
const pq = calling(/\b(enterKryopticToken|enterToken)\(/);
const parts = { globalSetup: ['libs/testing/src/postgres/worker-server.setup.ts'], sequence: { groupOrder: 0 } };
/** One process has several of them, one after the other. */
const together = { ...parts, isolate: false, setupFiles: ['libs/testing/src/process/shared-process.setup.ts'] };
const currentBuild = 'test/e2e/harness/current-build.ts';
/**
 * Limits that only what hangs reaches, in milliseconds: on a machine with twenty times its load, tests take twenty times as
 * long.
 */
const limits = { testTimeout: 600_000, hookTimeout: 900_000, expect: { poll: { timeout: 300_000 } } };
/** They start real stacks. */
const stacks = { globalSetup: [currentBuild] };
/** Two stacks, which the specs share. */
const shared = {
  ...stacks,
  globalSetup: [currentBuild, 'test/e2e/harness/shared-stacks.ts'],
  maxWorkers: 2,
};
/** One after the other, each with the machine to itself. */
const alone = { ...stacks, maxWorkers: 1 };

/** Sources are tested as they stand: the `source` export condition of every workspace package is taken, so no build is needed first. */
export default defineConfig({
  root: repository,
  resolve: { conditions: ['source', 'node'] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    exclude: ['**/node_modules/**', '**/dist/**'],
    ...limits,
    // Two more than there are processors: many wait for a time-out or a database.
    maxWorkers: availableParallelism() + 2,
    passWithNoTests: false,
    sequence: { sequencer: StartsFirst },
    reporters: ['default', fileURLToPath(new URL('./closing-line.reporter.ts', import.meta.url))],
    projects: [
      {
        extends: true,
        test: { ...parts, name: 'hsm', include: hsm, exclude: longHsm },
      },
      {
        extends: true,
        test: {
          ...together,
          name: 'part',
          include: [
            'libs/**/*.spec.ts',
            'apps/**/*.spec.ts',
            'deploy/**/*.spec.ts',
            'test/conformance/**/*.spec.ts',
            'test/load/**/*.spec.ts',
          ],
          exclude: ['**/node_modules/**', '**/dist/**', ...hsm, ...pq, ...longParts],
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'e2e',
          include: ['test/e2e/**/*.spec.ts'],
          exclude: ['test/e2e/start/**', ...attacks, ...longRuns],
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { ...together, name: 'long-part', include: longParts },
      },
      {
        extends: true,
        test: { ...parts, name: 'long-hsm', include: longHsm },
      },
      {
        extends: true,
        test: { ...stacks, name: 'long-start', include: longStarts, maxWorkers: 2, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: { ...shared, name: 'long', include: longRuns, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: { ...parts, name: 'pq', include: pq, env: { ANKASECURE_TOKEN: 'kryoptic' }, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: { ...alone, name: 'pq-stack', include: ['test/pq/**/*.spec.ts'], sequence: { groupOrder: 2 } },
      },
      {
        extends: true,
        test: { ...shared, name: 'attack', include: attacks, sequence: { groupOrder: 6 } },
      },
      {
        extends: true,
        test: {
          ...stacks,
          name: 'start',
          include: ['test/e2e/start/**/*.spec.ts'],
          exclude: longStarts,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...alone,
          name: 'fault',
          include: ['test/fault/**/*.spec.ts'],
          exclude: ['test/fault/matrix/**'],
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: { ...alone, name: 'faults', include: ['test/fault/matrix/**/*.spec.ts'], sequence: { groupOrder: 4 } },
      },
      {
        extends: true,
        test: { ...alone, name: 'drill', include: ['test/drill/**/*.spec.ts'], sequence: { groupOrder: 5 } },
      },
      {
        extends: true,
        test: { ...alone, name: 'interop', include: ['test/interop/**/*.spec.ts'], sequence: { groupOrder: 6 } },
      },
      {
        extends: true,
        test: { name: 'monitoring', include: ['test/monitoring/**/*.spec.ts'], sequence: { groupOrder: 7 } },
      },
    ],
  },
});
