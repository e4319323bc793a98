import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The limits of `.config/vitest.config.ts`, in milliseconds: of a test, and of a condition that is polled. */
const limits = { test: 600_000, poll: 300_000 };

/** A test or a hook with a number as its limit: after its function, or in its options. */
const ownLimit =
  /^\s*\}, ([\d_]+)\);$|\b(?:it|describe)\b.*\{ timeout: ([\d_]+) \}|^\s*\{ timeout: ([\d_]+) \},$|^ {4}timeout: ([\d_]+),$/gm;

/** A poll with a number as its limit: in its options, or behind its function. */
const pollLimit =
  /\bpoll\(.*\btimeout: ([\d_]+)|\b(?:eventually|waitFor|waitUntil)\(.*, ([\d_]+)\)|^ {6}timeout: ([\d_]+),$/gm;

/** `vi.waitFor` waits one second where it is told nothing. */
const barePoll = /\bvi\.wait(?:For|Until)\((?!.*(?:, [\d_]+\)|\{)[^;]*;?$).*\);$/gm;

const sources = globSync('{apps,libs,deploy,test}/**/*.spec.ts', {
  cwd: root,
  exclude: (path) => /(^|\/)(node_modules|dist)$/.test(path),
}).map((path) => [path, readFileSync(root + path, 'utf8')] as const);

const shorterThan = (limit: number, form: RegExp): readonly string[] =>
  sources.flatMap(([path, text]) =>
    [...text.matchAll(form)]
      .map((found) => Number(found.slice(1).join('').replaceAll('_', '')))
      .filter((own) => own < limit)
      .map((own) => `${path}: ${own} ms`),
  );

// On a machine with twenty times its load, tests take twenty times as long.
describe('no spec has a shorter limit than its run, which only what hangs reaches', () => {
  it('among several hundred', () => expect(sources.length).toBeGreaterThan(300));

  it('for a test or a hook', () => expect(shorterThan(limits.test, ownLimit)).toEqual([]));

  it('for a condition that it polls', () => expect(shorterThan(limits.poll, pollLimit)).toEqual([]));

  it('by a default that is not that of the run', () => {
    expect(sources.flatMap(([path, text]) => (text.match(barePoll) ?? []).map((call) => `${path}: ${call}`))).toEqual(
      [],
    );
  });
});
