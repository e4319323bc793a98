import { emptyMultiset } from '@ankasecure/audit-event';
import type { RecordHead } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { HeadMemory } from './head-memory.js';
import { KnownHeads, sumOf } from './known-heads.js';

const head = (id: string, over: Partial<RecordHead> = {}): RecordHead => ({
  kind: 'key_version',
  id,
  seq: 1,
  revision: 1,
  digest: 'A'.repeat(43),
  state: 'ACTIVE',
  ...over,
});
const headsOf = async (...heads: readonly RecordHead[]): Promise<KnownHeads> => {
  const known = new KnownHeads();
  known.advance({ seq: 1, sum: await known.sumWith(heads), mac: Buffer.alloc(32, 1) }, heads);
  return known;
};
const move = async (known: KnownHeads, ...heads: readonly RecordHead[]) =>
  known.advance({ seq: known.seq + 1, sum: await known.sumWith(heads), mac: Buffer.alloc(32, known.seq + 1) }, heads);

describe('known heads', () => {
  it('have the sum of what they hold, whatever they held before', async () => {
    const known = await headsOf(head('a/1'), head('a/2'));
    await move(known, head('a/2', { seq: 2, revision: 5, state: 'COMPROMISED' }), head('b/1', { seq: 2 }));
    expect(known.sum).toEqual(await sumOf([...known.all()]));
    expect(known.sum).not.toEqual(await sumOf([head('a/1'), head('a/2'), head('b/1', { seq: 2 })]));
    expect(new KnownHeads().sum).toEqual(emptyMultiset());
  });

  it('differ in their sum if one that is put in the place of another is taken twice', async () => {
    const known = await headsOf(head('a/1'));
    const twice = head('a/1', { revision: 2 });
    expect(await known.sumWith([twice, twice])).not.toEqual(await known.sumWith([twice]));
  });

  it('know the highest number of each group, also after deletions', async () => {
    const deleted = { digest: null, state: null };
    const known = await headsOf(head('a/9'), head('a/10'), head('b/77'), head('3'), head('12'), head('name'));
    const newest = (of: string | null) => known.newest({ kind: 'key_version', of })?.id;
    expect([newest('a'), newest('b'), newest(null), newest('c')]).toEqual(['a/10', 'b/77', '12', undefined]);
    await move(known, head('a/10', deleted), head('12', deleted), head('b/77', deleted));
    expect([newest('a'), newest('b'), newest(null)]).toEqual(['a/9', undefined, '3']);
    await move(known, head('a/2'), head('b/1'));
    expect([newest('a'), newest('b')]).toEqual(['a/9', 'b/1']);
  });

  it('are listed in pages, each once', async () => {
    const names = ['b/10', 'a/1', 'b/2', 'ä', 'z'];
    const known = await headsOf(...names.map((id) => head(id)), head('k', { kind: 'key_alias' }));
    const kinds = new Set(['key_version', 'key_alias'] as const);
    const listed: RecordHead[] = [];
    for (let page = known.list(kinds, null, 2); page.length > 0; page = known.list(kinds, page.at(-1) ?? null, 2))
      listed.push(...page);
    expect(listed.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'key_alias k',
      ...names.toSorted().map((id) => `key_version ${id}`),
    ]);
    expect(known.list(new Set(['key_grant']), null, 9)).toEqual([]);
  });
});

describe('the memory of heads', () => {
  it('keeps the tenants that were asked about last, and always one', async () => {
    const memory = new HeadMemory(3);
    const [one, two, four] = [
      await headsOf(head('1')),
      await headsOf(head('1'), head('2')),
      await headsOf(...['1', '2', '3', '4'].map((id) => head(id))),
    ];
    memory.set('one', one);
    memory.set('two', two);
    expect([memory.get('two'), memory.get('one')]).toEqual([two, one]);
    await move(one, head('9'));
    memory.set('one', one);
    expect([memory.get('two'), memory.get('one')]).toEqual([undefined, one]);
    memory.set('four', four);
    expect([memory.get('one'), memory.get('four')]).toEqual([undefined, four]);
    memory.delete('four');
    memory.set('one', one);
    memory.clear();
    expect(memory.get('one')).toBeUndefined();
  });
});
