import {
  And,
  Any,
  Between,
  DataSource,
  EntitySchema,
  Equal,
  ILike,
  In,
  IsNull,
  LessThan,
  LessThanOrEqual,
  Like,
  MoreThan,
  MoreThanOrEqual,
  Not,
  Raw,
} from 'typeorm';
import { beforeAll, describe, expect, it } from 'vitest';
import { isAsked } from './is-asked.js';
import { wholeNumber } from './whole-number.js';

const uuid = '00000000-0000-7000-8000-00000000abcd';
const other = '00000000-0000-7000-8000-00000000abce';
const at = new Date('2026-01-02T03:04:05.678Z');
const moved = (ms: number): Date => new Date(at.getTime() + ms);

const owner = new EntitySchema<object>({ name: 'owner', columns: { id: { type: 'uuid', primary: true } } });
const place = new EntitySchema<object>({ name: 'place', columns: { room: { type: 'text' } } });
const thing = new EntitySchema<object>({
  name: 'thing',
  columns: {
    id: { type: 'uuid', primary: true },
    name: { type: 'text' },
    size: { type: 'integer' },
    count: { type: 'bigint', transformer: wholeNumber },
    lease: { type: 'bigint' },
    isOver: { type: 'boolean' },
    at: { type: 'timestamptz' },
    objectId: { type: 'bytea' },
    none: { type: 'text', nullable: true },
    document: { type: 'jsonb' },
    unselected: { type: 'text', select: false },
    changed: { type: 'text', transformer: { from: String, to: String } },
  },
  embeddeds: { place: { schema: place } },
  relations: {
    owner: { type: 'many-to-one', target: 'owner' },
    former: { type: 'many-to-one', target: 'owner' },
  },
});

const row = {
  id: uuid,
  name: 'payments',
  size: 7,
  count: 2 ** 40,
  lease: '12',
  isOver: false,
  at,
  objectId: Buffer.from('0102', 'hex'),
  none: null,
  document: { a: 1 },
  changed: 'x',
  place: { room: 'north' },
  owner: { id: other },
};

let source: DataSource;
beforeAll(async () => {
  source = new DataSource({ type: 'postgres', entities: [thing, owner] });
  await source['buildMetadatas']();
});
const matches = (where: object): boolean => isAsked(source.getMetadata(thing), row, where);

describe('a row', () => {
  it.each<[what: string, met: object, unmet: object]>([
    ['text', { name: 'payments' }, { name: 'Payments' }],
    ['a UUID, in any case', { id: uuid.toUpperCase() }, { id: other }],
    ['a number', { size: 7 }, { size: 8 }],
    ['a whole number', { count: 2 ** 40 }, { count: 2 ** 40 + 1 }],
    ['a bigint as text', { lease: '12' }, { lease: '13' }],
    ['a truth', { isOver: false }, { isOver: true }],
    ['a time', { at: new Date(at) }, { at: moved(1) }],
    ['bytes', { objectId: Buffer.from('0102', 'hex') }, { objectId: Buffer.from('0103', 'hex') }],
    ['bytes of another kind', { objectId: Uint8Array.of(1, 2) }, { objectId: Uint8Array.of(1) }],
    ['nothing', { none: null }, { name: null }],
    ['nothing, where something is asked for', { none: IsNull() }, { none: 'x' }],
    ['an embedded column', { place: { room: 'north' } }, { place: { room: 'south' } }],
    ['a loaded relation', { owner: { id: other } }, { owner: { id: uuid } }],
    ['all of several', { id: uuid, size: 7 }, { id: uuid, size: 8 }],
    ['one of several', [{ size: 8 }, { name: 'payments' }], [{ size: 8 }, { name: 'x' }]],
    ['Equal', { name: Equal('payments') }, { name: Equal('x') }],
    ['In', { name: In(['x', 'payments']) }, { name: In(['x', 'y']) }],
    ['In, of none', { name: In(['payments']) }, { name: In([]) }],
    ['In, of bytes', { objectId: In([Buffer.from([1, 2])]) }, { objectId: In([Buffer.from([2, 1])]) }],
    ['Any', { id: Any([other, uuid.toUpperCase()]) }, { id: Any([other]) }],
    ['IsNull', { none: IsNull() }, { name: IsNull() }],
    ['Not', { name: Not('x') }, { name: Not('payments') }],
    ['Not, of nothing', { name: Not('x') }, { none: Not('x') }],
    ['Not, of IsNull', { name: Not(IsNull()) }, { none: Not(IsNull()) }],
    ['Not, of In', { name: Not(In(['x'])) }, { name: Not(In(['payments'])) }],
    ['Not, of LessThan', { size: Not(LessThan(7)) }, { size: Not(LessThan(8)) }],
    ['LessThan', { size: LessThan(8) }, { size: LessThan(7) }],
    ['LessThan, of UUIDs', { id: LessThan(other.toUpperCase()) }, { id: LessThan(uuid) }],
    ['LessThanOrEqual', { size: LessThanOrEqual(7) }, { size: LessThanOrEqual(6) }],
    ['LessThanOrEqual, of nothing', { at: LessThanOrEqual(at) }, { none: LessThanOrEqual('x') }],
    ['MoreThan', { size: MoreThan(6) }, { size: MoreThan(7) }],
    ['MoreThan, of times, which have lost their microseconds', { at: MoreThan(at) }, { at: MoreThan(moved(1)) }],
    ['MoreThan, of no number', { size: MoreThan(6) }, { size: MoreThan(Number.NaN) }],
    ['MoreThanOrEqual', { at: MoreThanOrEqual(at) }, { at: MoreThanOrEqual(moved(1)) }],
    ['LessThan, of times', { at: LessThan(moved(1)) }, { at: LessThan(at) }],
  ])('is compared by %s', (_, met, unmet) => {
    expect([matches(met), matches(unmet)]).toEqual([true, false]);
  });

  it('is asked for by no condition', () => {
    expect([matches({}), matches([])]).toEqual([true, true]);
  });

  it('is not compared by the order of text, which the database alone knows', () => {
    expect([matches({ name: MoreThan('z') }), matches({ name: LessThan('a') })]).toEqual([true, true]);
  });

  it.each<[what: string, where: object, message: string]>([
    ['Like', { name: Like('p%') }, 'the operator like'],
    ['ILike', { name: ILike('P%') }, 'the operator ilike'],
    ['Between', { size: Between(1, 9) }, 'the operator between'],
    ['And', { size: And(MoreThan(1), LessThan(9)) }, 'the operator and'],
    ['Raw', { size: Raw('true') }, 'the operator raw'],
    ['Not, of an unknown operator', { name: Not(Like('x')) }, 'the operator like'],
    ['a document', { document: { a: 1 } }, 'thing.document cannot be compared'],
    ['an order of a document', { document: MoreThan(1) }, 'thing.document cannot be compared'],
    ['an order of unlike types', { lease: MoreThan(1) }, 'thing.lease cannot be compared'],
    ['a column that was not selected', { unselected: 'x' }, 'was not selected'],
    ['a transformed column', { changed: 'x' }, 'has a transformer'],
    ['a relation that was not loaded', { former: { id: uuid } }, 'thing.former cannot be compared'],
    ['an unknown property', { unknown: 1 }, 'unknown'],
  ])('that cannot be compared, by %s, is an error', (_, where, message) => {
    expect(() => matches(where)).toThrow(message);
  });
});
