import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { errors } from '@ankasecure/contracts';
import { expect, it } from 'vitest';
import { catalogue, cataloguePage } from './catalogue.js';

const golden = fileURLToPath(new URL('../../problems.golden.md', import.meta.url));

it('the catalogue of problems matches the golden file (UPDATE_GOLDEN=1 updates it)', () => {
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, cataloguePage);
  expect(readFileSync(golden, 'utf8')).toBe(cataloguePage);
});

it('says of every code in the table what causes it and what helps, in sentences', () => {
  expect(catalogue.map(({ code }) => code)).toEqual(Object.keys(errors));
  for (const { code, cause, remedy } of catalogue)
    for (const text of [cause, remedy]) expect(text, code).toMatch(/^[A-Z].{15,}\.$/);
});
