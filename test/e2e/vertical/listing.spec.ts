import type { Key } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

describe('listings', () => {
  let tenant: Tenant;
  let other: Tenant;
  let made: Key[];
  beforeAll(async () => {
    const rig = await sharedRig();
    tenant = await newTenant(rig);
    other = await newTenant(rig);
    made = [];
    for (let index = 0; index < 5; index++)
      made.push(await tenant.createKey({ algorithm: index % 2 === 0 ? 'EC-P256' : 'AES-256', label: `key ${index}` }));
    for (let index = 0; index < 2; index++) await other.createKey({ algorithm: 'EC-P256' });
  });
  const list = (query: string): Promise<Page<Key>> => tenant.admin.get(`/keys${query}`);

  it('return each key once, newest first, page by page', async () => {
    const seen: Key[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const page: Page<Key> = await list(`?limit=2${next === '' ? '' : `&cursor=${next}`}`);
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items);
      next = page.next;
    }
    expect(seen).toEqual(made.toReversed());
  });

  it('filter', async () => {
    expect((await list('?algorithm=AES-256')).items.map(({ label }) => label)).toEqual(['key 3', 'key 1']);
    expect((await list('?label=key%202')).items.map(({ id }) => id)).toEqual([made[2]?.id]);
    expect((await list('?purpose=encrypt&algorithm=EC-P256')).items).toEqual([]);
    expect((await list('?state=ACTIVE')).items).toHaveLength(5);
  });

  it('accept a cursor only for the listing it came from', async () => {
    const { next } = await list('?limit=2&algorithm=EC-P256');
    const cursor = next ?? '';
    expect((await list(`?limit=2&algorithm=EC-P256&cursor=${cursor}`)).items).toHaveLength(1);
    const [body = '', mac = ''] = cursor.split('.');
    const flipped = `${body.startsWith('A') ? 'B' : 'A'}${body.slice(1)}.${mac}`;
    const elsewhere = [
      `/keys?limit=2&algorithm=EC-P256&cursor=${flipped}`,
      `/keys?limit=2&algorithm=EC-P256&cursor=${body}.${mac.slice(0, -4)}AAAA`,
      `/keys?limit=2&algorithm=EC-P256&cursor=${body}`,
      `/keys?limit=2&algorithm=EC-P256&cursor=.`,
      ...['%00', '', '%20', 'é', 'x'.repeat(2000), 'a.b.c'].map((bad) => `/keys?cursor=${encodeURI(decodeURI(bad))}`),
      ...['/aliases', '/audit/events', '/approvals', '/service-accounts', '/policy/versions'].map(
        (listing) => `${listing}?cursor=nonsense`,
      ),
      `/keys/${made[0]?.id}/versions?cursor=nonsense`,
      `/keys?limit=2&cursor=${cursor}`,
      `/keys?limit=2&algorithm=AES-256&cursor=${cursor}`,
      `/audit/events?limit=2&cursor=${cursor}`,
    ];
    for (const path of elsewhere) expectProblem(await tenant.admin.send('GET', path), 'cursor-invalid');
    expectProblem(await other.admin.send('GET', `/keys?limit=2&algorithm=EC-P256&cursor=${cursor}`), 'cursor-invalid');
  });

  it.each(['limit=0', 'limit=201', 'limit=x', 'algorithm=none', 'unknown=1', 'limit=1&limit=2'])(
    'refuse ?%s',
    async (query) => expectProblem(await tenant.admin.send('GET', `/keys?${query}`), 'request-invalid'),
  );
});
