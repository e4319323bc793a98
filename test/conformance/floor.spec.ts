import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { floorFaults } from './floor.js';
import { type Package, readWorkspace } from './workspace.js';

const rootDirectory = fileURLToPath(new URL('../..', import.meta.url));

it('finds every app on its floors, without a circle and without a crowded folder', () => {
  const { packages } = readWorkspace(rootDirectory);
  expect(packages.filter(({ directory }) => directory.startsWith('apps/')).length).toBeGreaterThanOrEqual(4);
  expect(floorFaults(packages)).toEqual([]);
});

describe('the floors can fail', () => {
  const worker = (...sources: (readonly [path: string, ...imports: string[]])[]): Package => ({
    directory: 'apps/crypto-worker',
    name: '@ankasecure/crypto-worker',
    dependencies: [],
    devDependencies: [],
    sources: sources.map(([path, ...imports]) => ({ path: `apps/crypto-worker/src/${path}`, imports })),
  });

  it.each([
    ['an import that goes up', worker(['custody/custody.ts', '../key/key-store.js']), 'not on a lower floor'],
    ['an import across one floor', worker(['life/edit-key.ts', '../operation/operation.js']), 'not on a lower floor'],
    ['an import of a file at the root', worker(['key/read-key.ts', '../config.js']), 'not on a lower floor'],
    ['a folder without a place', worker(['helpers/text.ts']), 'helpers: has no floor'],
    [
      'a circle below one room',
      worker(['custody/lane/a.ts', '../token/b.js'], ['custody/token/b.ts', '../lane/a.js']),
      'a circle of custody/lane, custody/token',
    ],
    [
      'a crowded folder',
      worker(...Array.from({ length: 16 }, (_, index) => [`key/source-${index}.ts`] as const)),
      '16 sources',
    ],
    ['an app without a table', { ...worker(), directory: 'apps/console' }, 'has no table of floors'],
  ])('on %s', (_, of, fault) => {
    expect(floorFaults([of])).toEqual([expect.stringContaining(fault)]);
  });

  it('and accept imports downwards, tests, and files at the root', () => {
    expect(
      floorFaults([
        worker(
          ['life/edit-key.ts', '../key/key-store.js', './plan.js', '@ankasecure/contracts'],
          ['key/key-store.spec.ts', '../life/edit-key.js'],
          ['worker.module.ts', './life/edit-key.js'],
        ),
      ]),
    ).toEqual([]);
  });
});
