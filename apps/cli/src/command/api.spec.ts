import { type OperationRow, operationTable } from '@ankasecure/sdk';
import { describe, expect, it } from 'vitest';
import { platformOf, ran, reaching } from '../testing/command.js';

const rows = Object.entries<OperationRow>(operationTable);

describe('--all', () => {
  it.each(rows.filter(([, { method }]) => method !== 'GET').map(([name]) => name))(
    'is refused for %s, which is no list',
    async (name) => {
      const { url, heard } = await platformOf(() => ({ body: { items: [], next: null } }));
      const path = ['id', 'name', 'tenant', 'slug'].flatMap((each) => ['--path', `${each}=x`]);
      for (const more of [[], ['--dry-run']])
        expect(await ran(['api', name, ...path, '--all', ...more], reaching(url))).toMatchObject({ code: 2 });
      expect(heard).toEqual([]);
    },
  );

  it('does not go with --dry-run', async () => {
    const { url, heard } = await platformOf(() => ({ body: { items: [], next: null } }));
    expect(await ran(['api', 'listKeys', '--all', '--dry-run'], reaching(url))).toMatchObject({ code: 2 });
    expect(heard).toEqual([]);
  });

  it('ends where the answer names no next page, and for what is no list', async () => {
    const { url, heard } = await platformOf(({ url: asked }) => ({
      body: asked.endsWith('listed') ? {} : { items: [{ id: 1 }], ...(heard.length === 1 && { next: 'c' }) },
    }));
    const { stdout } = await ran(['api', 'listKeys', '--all', '-o', 'json'], reaching(url));
    expect(JSON.parse(stdout)).toEqual([{ id: 1 }, { id: 1 }]);
    expect(heard.map((each) => each.url)).toEqual(['/api/v1/keys', '/api/v1/keys?cursor=c']);
    const ended = await ran(['api', 'getKey', '--path', 'id=listed', '--all'], reaching(url));
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('getKey answers no list') as string });
  });
});
