import { describe, expect, it } from 'vitest';
import { jsonFaultOf } from './json-fault.js';

const hasRepeatedMember = (text: string): boolean => jsonFaultOf(text) === 'repeated-member';

describe('a JSON text', () => {
  it.each([
    '{"a":1,"a":1}',
    '{"a":1, "\\u0061" : 2}',
    '{"a":{"b":[{"c":1,"c":2}]}}',
    '[1,{"x":"}","x":null}]',
    '{"a\\"":1,"b":"\\\\","a\\"":2}',
    '{"":0,"":0}',
    '{"a":[],"b":{},"a":{}}',
    '{"__proto__":1,"__proto__":2}',
  ])('%s has a repeated member', (text) => {
    JSON.parse(text);
    expect(hasRepeatedMember(text)).toBe(true);
  });

  it.each([
    '{"a":"a","b":["a","a","b"]}',
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '{"a":{"b":1},"b":2}',
    '{"a":"\\",\\"a\\":","c":1}',
    '{"a\\\\":1,"a":2}',
    '"a"',
    '[]',
    '{}',
  ])('%s has none', (text) => {
    JSON.parse(text);
    expect(hasRepeatedMember(text)).toBe(false);
  });

  it('has at most 64 levels', () => {
    const nested = (levels: number) => `${'[{"a":'.repeat(levels / 2)}0${'}]'.repeat(levels / 2)}`;
    expect([jsonFaultOf(nested(64)), jsonFaultOf(nested(66))]).toEqual([undefined, 'too-deep']);
    expect(jsonFaultOf(`[${'{"a":[]},'.repeat(100_000)}0]`)).toBeUndefined();
  });

  it('is read once, whatever stands in its strings', () => {
    const value = Buffer.alloc(1_000_000, '\\"x').toString();
    expect(hasRepeatedMember(JSON.stringify({ a: value, b: [value] }))).toBe(false);
    expect(hasRepeatedMember(`{"a":${JSON.stringify(value)},"a":0}`)).toBe(true);
  });
});
