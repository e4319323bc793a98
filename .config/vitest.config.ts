import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const repository = fileURLToPath(new URL('..', import.meta.url));

const currentBuild = 'test/e2e/harness/current-build.ts';
/** They start real stacks. */
const stacks = { globalSetup: [currentBuild], testTimeout: 60_000, hookTimeout: 180_000 };
/** One after the other, each with the machine to itself. */
const alone = { ...stacks, maxWorkers: 1 };

/** Sources are tested as they stand: the `source` export condition of every workspace package is taken, so no build is needed first. */
export default defineConfig({
  root: repository,
  resolve: { conditions: ['source', 'node'] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 10_000 } },
    // One more than there is to compute with: some wait for a time-out or a database.
    maxWorkers: availableParallelism() + 1,
    passWithNoTests: false,
    reporters: ['default', fileURLToPath(new URL('./closing-line.reporter.ts', import.meta.url))],
    projects: [
      {
        extends: true,
        test: {
          name: 'part',
          include: ['libs/**/*.spec.ts', 'apps/**/*.spec.ts', 'deploy/**/*.spec.ts', 'test/**/*.spec.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', 'test/e2e/**/*.spec.ts', 'test/fault/**/*.spec.ts', 'test/drill/**/*.spec.ts', 'test/monitoring/**/*.spec.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...stacks,
          name: 'e2e',
          include: ['test/e2e/**/*.spec.ts'],
          exclude: ['test/e2e/start/**'],
          globalSetup: [currentBuild, 'test/e2e/harness/shared-stacks.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { ...alone, name: 'start', include: ['test/e2e/start/**/*.spec.ts'], sequence: { groupOrder: 2 } },
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
        test: { name: 'monitoring', include: ['test/monitoring/**/*.spec.ts'], sequence: { groupOrder: 6 } },
      },
    ],
  },
});
