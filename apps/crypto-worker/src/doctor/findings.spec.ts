import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FindingCode, findingCodes } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { Draft } from './draft.js';
import { hasRefusedPin } from './examine.js';

const reportWith = (code: FindingCode, problem: string) => {
  const draft = new Draft('default');
  draft.findings.add(code, 'PIN', problem, 'Correct it.');
  return draft.report;
};

describe('a finding', () => {
  const sources = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && file !== 'findings.ts')
    .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'));

  it.each(findingCodes)('of the code %s is found somewhere, and red exactly if it makes the run fail', (code) => {
    expect(sources.filter((text) => text.includes(`'${code}'`))).toHaveLength(1);
    const { ok, exitCode, findings } = reportWith(code, 'Something is wrong.');
    expect(findings).toMatchObject([{ code, level: ok ? 'note' : 'red' }]);
    expect([1, 72, 77, 78].includes(exitCode)).toBe(!ok);
    if (findings[0]?.level === 'red' && code.startsWith('pin-')) expect(exitCode).toBe(77);
  });

  it.each(findingCodes)('of the code %s costs a try of the PIN only if it is the refusal, whatever it says', (code) => {
    for (const problem of ['It was tried once.', 'The token refused the PIN.', ''])
      expect(hasRefusedPin(reportWith(code, problem))).toBe(code === 'pin-refused');
  });
});
