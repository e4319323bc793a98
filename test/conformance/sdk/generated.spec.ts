import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '@ankasecure/local';
import { describe, expect, it } from 'vitest';
import { generated } from './generated.js';

describe('what is generated', () => {
  it.each(Object.entries(generated))('%s is current (npm run generate updates it)', async (path, textOf) => {
    const file = join(repository, path);
    const text = await textOf();
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
    expect(existsSync(file) && readFileSync(file, 'utf8')).toBe(text);
  });
});
