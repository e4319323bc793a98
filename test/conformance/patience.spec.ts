import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The limits of a run, in milliseconds: those of `.config/vitest.config.ts` for a test, of parts and of stacks. */
const limitOf = (path: string): number => (/^test\/(?!conformance|load)/.test(path) ? 300_000 : 180_000);

/** A test or a hook with a number as its limit: after its function, or in its options. */
const ownLimit = /^\s*\}, ([\d_]+)\);$|\b(?:it|describe)\b.*\{ timeout: ([\d_]+) \}|^\s*\{ timeout: ([\d_]+) \},$/gm;

// On a machine with twenty times its load, tests take twenty times as long.
it('no spec has a shorter limit than its run, which only what hangs reaches', () => {
  const specs = globSync('{apps,libs,deploy,test}/**/*.spec.ts', {
    cwd: root,
    exclude: (path) => /(^|\/)(node_modules|dist)$/.test(path),
  });
  expect(specs.length).toBeGreaterThan(300);
  const shorter = specs.flatMap((path) =>
    [...readFileSync(root + path, 'utf8').matchAll(ownLimit)]
      .map((found) => Number(found.slice(1).join('').replaceAll('_', '')))
      .filter((limit) => limit < limitOf(path))
      .map((limit) => `${path}: ${limit} ms`),
  );
  expect(shorter).toEqual([]);
});
