import { randomBytes, randomUUID } from 'node:crypto';
import type { Postgres } from '@ankasecure/local';
import { arrayBytes, type Element, type ElementType } from '@ankasecure/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestDatabase } from '../postgres/worker-server.js';

const bytesOf = (...lengths: readonly number[]): Buffer[] => lengths.map((length) => randomBytes(length));
const { MAX_SAFE_INTEGER: most, MIN_SAFE_INTEGER: least } = Number;

const elements: Readonly<Record<ElementType, readonly Element[]>> = {
  text: [null, '', 'a', '{}', '{"a","b"}', '\\x00', 'NULL', '"', ' , ', 'Zoë 漢字 𐍈', '\n\t', 'x'.repeat(70_000)],
  bytea: [null, Buffer.of(), Buffer.of(0), Buffer.of(255, 92, 34), ...bytesOf(1, 31, 32, 33, 300, 70_000)],
  bigint: [null, 0, 1, -1, 2 ** 31, -(2 ** 31), 2 ** 32 - 1, 2 ** 32, -(2 ** 32), -(2 ** 32) - 1, most, least],
  uuid: [null, '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', randomUUID()],
};

describe('an array in binary form', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startTestDatabase('arrays');
  });
  afterAll(() => postgres.stop());

  const answered = async (type: ElementType, values: readonly Element[]) => {
    const read = type === 'bigint' ? 'value::float8' : 'value';
    const sql = `SELECT ${read} AS value FROM unnest($1::${type}[]) WITH ORDINALITY AS of (value, place) ORDER BY place`;
    const rows = await postgres.query('arrays', sql, [arrayBytes(type, values)]);
    return rows.map((row) => row['value']);
  };

  it.each(Object.keys(elements) as ElementType[])('of %s is read by the server as it was written', async (type) => {
    const values = elements[type];
    const pairs = values.flatMap((one) => values.map((other) => [one, other]));
    const arrays = [[], ...values.map((value) => [value]), ...pairs, values, values.toReversed()];
    for (const array of arrays) expect(await answered(type, array)).toEqual(array);
  });

  it('has no element that the type does not have', () => {
    for (const value of [0.5, Number.NaN, 2 ** 53]) expect(() => arrayBytes('bigint', [value])).toThrow(RangeError);
    for (const value of ['', randomUUID().slice(1), `${randomUUID().slice(1)}x`])
      expect(() => arrayBytes('uuid', [value])).toThrow(RangeError);
  });
});
