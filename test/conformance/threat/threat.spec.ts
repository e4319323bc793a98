import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { threats } from './threat.js';
import { renderThreatModel } from './threat-model.js';

const read = (file: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${file}`, import.meta.url)), 'utf8');

describe.each(Object.entries(threats))('threat: %s', (_, { proofs }) => {
  it.each(proofs.map(({ file, title }) => [title, file]))('is shown closed by “%s” in %s', (title, file) => {
    expect(read(file)).toContain(title);
  });
});

describe('the threat model', () => {
  it('is generated from the table', () => {
    const file = fileURLToPath(new URL('threat-model.golden.md', import.meta.url));
    const text = renderThreatModel(threats);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});
