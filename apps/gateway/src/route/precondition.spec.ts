import type { Preconditions } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { conditionOf, readOf } from './precondition.js';

const invalid: unknown = expect.objectContaining({ code: 'request-invalid' });
const failed: unknown = expect.objectContaining({ code: 'precondition-failed' });

describe('the preconditions of a change', () => {
  const of = (headers: Record<string, string>, conditional: true | 'optional' | undefined = 'optional') =>
    conditionOf({ method: 'PUT', conditional }, headers);

  it.each<[string, Preconditions['ifMatch']]>([
    ['"3"', 3],
    ['"3.ACTIVE"', 3],
    [' "3" ', 3],
    ['*', '*'],
    ['"3","4"', [3, 4]],
    ['"3" , ,"4",', [3, 4]],
    ['W/"3", "4"', 4],
    ['"x"', []],
    ['"0"', []],
    ['"03"', []],
    ['"1790000000000001.ok"', 1_790_000_000_000_001],
    ['"9007199254740991"', 9_007_199_254_740_991],
    ['"9007199254740992"', []],
    ['"99999999999999999999"', []],
    ['"a,b"', []],
    ['""', []],
  ])('with If-Match: %s', (header, ifMatch) => expect(of({ 'if-match': header })).toEqual({ ifMatch }));

  it.each(['W/"3"', 'W/"3", W/"4"', 'W/""', 'W/"x"'])('say why %s matches nothing', (header) => {
    const told: unknown = expect.objectContaining({
      code: 'precondition-failed',
      detail: expect.stringMatching(/weak.*proxy/) as string,
    });
    expect(() => of({ 'if-match': header })).toThrow(told);
    expect(() => conditionOf({ method: 'DELETE' }, { 'if-match': header })).toThrow(failed);
    expect(() => readOf('"3"', { 'if-match': header })).toThrow(told);
    expect(() => readOf(undefined, { 'if-match': header })).toThrow(failed);
  });

  it.each<[string, Preconditions['ifNoneMatch']]>([
    ['*', '*'],
    ['W/"3"', 3],
    ['W/"3", "4"', [3, 4]],
    ['"x"', []],
  ])('with If-None-Match: %s', (header, ifNoneMatch) =>
    expect(of({ 'if-none-match': header })).toEqual({ ifNoneMatch }),
  );

  it.each(['3', '', ',', '"3', '"3" "4"', 'w/"3"', '"3";"4"', '*, "3"', '"a b"', `${'"3",'.repeat(100)}"4"`])(
    'are not valid with %j',
    (header) => {
      expect(() => of({ 'if-match': header })).toThrow(invalid);
      expect(() => of({ 'if-none-match': header })).toThrow(invalid);
    },
  );

  it('are read in one pass, however long the blanks are', () => {
    const started = process.cpuUsage();
    for (let time = 0; time < 20; time++)
      expect(() => of({ 'if-match': `"1",${' '.repeat(16_000)}x` })).toThrow(invalid);
    // One pass takes microseconds. A pass for each blank takes seconds.
    expect(process.cpuUsage(started).user).toBeLessThan(1_000_000);
  });

  it('can be required', () => {
    expect(() => of({}, true)).toThrow(expect.objectContaining({ code: 'precondition-required' }));
    expect(() => of({ 'if-none-match': '*' }, true)).toThrow(
      expect.objectContaining({ code: 'precondition-required' }),
    );
  });

  it.each(['DELETE', 'POST'] as const)('of a %s without revisions are met by nothing but *', (method) => {
    const without = (headers: Record<string, string>) => conditionOf({ method }, headers);
    expect(() => without({ 'if-match': '"3"' })).toThrow(failed);
    expect(() => without({ 'if-none-match': '*' })).toThrow(failed);
    expect(() => without({ 'if-none-match': '3' })).toThrow(invalid);
    expect([without({}), without({ 'if-match': '*' }), without({ 'if-none-match': '"3"' })]).toEqual([{}, {}, {}]);
  });
});

describe('a read of the resource "3"', () => {
  it.each([
    [{}, 'answer'],
    [{ 'if-none-match': '"3"' }, 'not-modified'],
    [{ 'if-none-match': 'W/"3"' }, 'not-modified'],
    [{ 'if-none-match': '"2", "3"' }, 'not-modified'],
    [{ 'if-none-match': '*' }, 'not-modified'],
    [{ 'if-none-match': '"2"' }, 'answer'],
    [{ 'if-none-match': '"3.ACTIVE"' }, 'answer'],
    [{ 'if-match': '"3"' }, 'answer'],
    [{ 'if-match': '*' }, 'answer'],
    [{ 'if-match': '"3"', 'if-none-match': '"3"' }, 'not-modified'],
  ] as const)('with %j is answered with: %s', (headers, outcome) => expect(readOf('"3"', headers)).toBe(outcome));

  it.each(['"2"', 'W/"3"', '"x"'])('fails with If-Match: %s', (header) =>
    expect(() => readOf('"3"', { 'if-match': header })).toThrow(failed),
  );

  it('without an ETag matches nothing but *', () => {
    expect(() => readOf(undefined, { 'if-match': '"3"' })).toThrow(failed);
    expect(readOf(undefined, { 'if-match': '*' })).toBe('answer');
    expect(readOf(undefined, { 'if-none-match': '"3"' })).toBe('answer');
  });
});
