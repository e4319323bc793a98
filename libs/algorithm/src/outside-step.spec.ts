import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  algOfStep,
  dataKeySteps,
  importSteps,
  outsideStepsOfAlg,
  outsideStepTable,
  publicKeySteps,
  refusalOfStep,
} from './outside-step.js';

const names = Object.keys(outsideStepTable);

it('every step belongs to an algorithm, to imports, to public keys or to data keys', () => {
  const used = new Set([
    ...Object.values(outsideStepsOfAlg).flat(),
    ...Object.keys(algOfStep),
    ...importSteps,
    ...publicKeySteps,
    ...dataKeySteps,
  ]);
  expect([...used].toSorted()).toEqual(names.toSorted());
});

it('a step that nobody knows is refused', () => expect(refusalOfStep('made-up')).toMatch(/FIPS 140-3/));

it('the compliance page says of every step whether FIPS-only refuses it', () => {
  const page = readFileSync(new URL('../compliance.md', import.meta.url), 'utf8');
  for (const name of names) {
    const row = page.split('\n').find((line) => line.startsWith('| `') && line.includes(`\`${name}\``));
    const [, , , verdict = ''] = row?.split('|').map((cell) => cell.trim()) ?? [];
    expect(verdict.startsWith('refuses'), name).toBe(refusalOfStep(name) !== null);
    expect(verdict, name).toMatch(/^(refuses|names) (it|them)$/);
  }
});
