import { expect, it } from 'vitest';
import { platformOf, ran, reaching } from '../testing/command.js';

it.each([['--key', 'invoices'], ['-k', '01939f31-07c2-7a44-8f0e-2b9d6c1a3f10'], ['--raw']])(
  'verify --local is refused with %s, which it could not heed',
  async (...more) => {
    const { url, heard } = await platformOf(() => ({ body: { valid: true } }));
    const ended = await ran(['verify', '-', '--local', ...more], reaching(url), { input: 'a.b.c' });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(heard).toEqual([]);
  },
);
