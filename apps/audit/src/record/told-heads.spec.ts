import { emptyMultiset } from '@ankasecure/audit-event';
import type { RecordHead } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { KnownHeads, sumOf } from './known-heads.js';
import type { RecordIndexRecord } from './record-index.entity.js';
import { impossible } from './told-heads.js';

const tenantId = '01997abc-0000-7000-8000-000000000001';
const head = (over: object = {}): RecordHead => ({
  kind: 'key_version',
  id: 'a/1',
  seq: 4,
  revision: 2,
  digest: 'A'.repeat(43),
  state: 'ACTIVE',
  ...over,
});
const held = (over: object = {}): RecordIndexRecord => ({
  tenantId,
  seq: 4,
  sum: emptyMultiset(),
  macKeyId: 'audit-mac/1',
  mac: Buffer.alloc(32),
  ...over,
});

describe('what a database tells of records', () => {
  it('is possible as our tables hold it', () => {
    const heads = [head(), head({ id: 'a/2', digest: null, state: null }), head({ kind: 'policy_version', tenantId })];
    expect(impossible(tenantId, { held: held(), heads })).toBeUndefined();
    expect(impossible(tenantId, { held: null, heads: [] })).toBeUndefined();
    expect(impossible(tenantId, { held: held({ seq: 0 }), heads: [] })).toBeUndefined();
  });

  it.each(['kind', 'id', 'seq', 'revision', 'digest', 'state'])('is impossible with another type of %s', (column) => {
    for (const value of [undefined, true, Buffer.from('a/1'), ['a/1'], { toString: () => 'a/1' }, Number.NaN, 1.5, 0])
      expect(impossible(tenantId, { held: held(), heads: [head({ [column]: value })] })).toContain('a head has a form');
  });

  it.each([
    ['seq', '4'],
    ['seq', -1],
    ['seq', Number.POSITIVE_INFINITY],
    ['sum', Buffer.alloc(2047)],
    ['sum', 'text'],
    ['macKeyId', null],
    ['mac', 'text'],
    ['tenantId', `${tenantId}-.`],
  ])('is impossible with an index whose %s is %j', (column, value) => {
    expect(impossible(tenantId, { held: held({ [column]: value }), heads: [] })).toContain('form that no index has');
  });

  it('is impossible with a head of another tenant, or one that is equal only for a collation', () => {
    for (const other of ['01997abc-0000-7000-8000-000000000002', `${tenantId}-.-.`, tenantId.toUpperCase(), null])
      expect(impossible(tenantId, { held: held(), heads: [head({ tenantId: other })] })).toContain('a head has a form');
  });

  it('is impossible with a record that is named twice, because the sum would not tell', async () => {
    const known = new KnownHeads();
    known.advance({ seq: 4, sum: await sumOf([head()]), mac: Buffer.alloc(32, 1) }, [head()]);
    const newer = head({ seq: 5, revision: 3, state: 'COMPROMISED' });
    expect(await known.sumWith([newer, head()])).toEqual(await known.sumWith([newer]));
    expect(impossible(tenantId, { held: held(), heads: [newer, head()] })).toBe('a record is named twice');
    expect(impossible(tenantId, { held: held(), heads: [head(), head()] })).toBe('a record is named twice');
  });
});
