import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const repository = fileURLToPath(new URL('..', import.meta.url));

/** One after the other, each with the machine to itself: they start real stacks. */
const alone = { maxWorkers: 1, hookTimeout: 180_000 };

/** Sources are tested as they stand: the `source` export condition of every workspace package is taken, so no build is needed first. */
export default defineConfig({
  root: repository,
  resolve: { conditions: ['source', 'node'] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    passWithNoTests: false,
    reporters: ['default', fileURLToPath(new URL('./closing-line.reporter.ts', import.meta.url))],
    projects: [
      {
        extends: true,
        test: {
          name: 'part',
          include: ['libs/**/*.spec.ts', 'apps/**/*.spec.ts', 'deploy/**/*.spec.ts', 'test/**/*.spec.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', 'test/e2e/**/*.spec.ts', 'test/fault/**/*.spec.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...alone,
          name: 'e2e',
          include: ['test/e2e/**/*.spec.ts'],
          globalSetup: ['test/e2e/harness/global-setup.ts'],
          testTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { ...alone, name: 'fault', include: ['test/fault/**/*.spec.ts'], sequence: { groupOrder: 2 } },
      },
    ],
  },
});
