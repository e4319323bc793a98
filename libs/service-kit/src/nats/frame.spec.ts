import { AnkaError, type Context, monotonicNow } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  decodeReply,
  decodeRequest,
  describeIssues,
  encodeFrame,
  encodeRequest,
  parseJson,
  validate,
} from './frame.js';

const context: Context = {
  tenantId: '00000000-0000-7000-8000-000000000000',
  principal: 'zoë\n',
  correlationId: 'c-1',
  deadline: monotonicNow() + 1000,
};

describe('a frame', () => {
  it('returns context and bytes unchanged', () => {
    const body = Buffer.from([0, 10, 255, 123]);
    const decoded = decodeRequest(encodeRequest({ ...context, principal: 'zoë' }, body));
    expect(decoded).toEqual({
      context: { ...context, principal: 'zoë', deadline: expect.any(Number) as number },
      body,
      askClock: false,
      waitedMs: 0,
    });
  });

  it('carries the time that is left, whatever the clocks of both ends say', () => {
    const deadline = monotonicNow() + 60_000;
    const sent = encodeRequest({ ...context, principal: 'zoë', deadline }, Buffer.alloc(0));
    const line = JSON.parse(sent.toString()) as { remainingMs: number };
    expect(line.remainingMs).toBeGreaterThanOrEqual(Math.floor(deadline - monotonicNow()));
    expect(line.remainingMs).toBeLessThanOrEqual(60_000);
    expect(line).not.toHaveProperty('deadline');
    // An hour passes on another machine's clock, or the frame travels to a machine that has just started.
    const before = monotonicNow();
    const received = decodeRequest(encodeFrame({ ...line, remainingMs: 1000 } as never)).context.deadline;
    expect(received).toBeGreaterThanOrEqual(before + 1000);
    expect(received).toBeLessThanOrEqual(monotonicNow() + 1000);
  });

  it('refuses a context that is not one', () => {
    expect(() => decodeRequest(Buffer.from('{}\n'))).toThrow();
    expect(() => decodeRequest(Buffer.from('no newline'))).toThrow(AnkaError);
    expect(() => decodeRequest(encodeRequest({ ...context, extra: 1 } as Context, Buffer.alloc(0)))).toThrow();
  });

  it('refuses an error code that is not in the table', () => {
    const head = { ok: false, error: { code: 'made-up', retryable: false, detail: '' } };
    expect(() => decodeReply(encodeFrame(head as never))).toThrow();
  });
});

describe('JSON bodies', () => {
  const malformed = (bytes: Uint8Array) =>
    expect(() => parseJson(bytes)).toThrow(expect.objectContaining({ code: 'body-malformed' }));

  it('must be one document in well-formed UTF-8 without a byte order mark', () => {
    malformed(Buffer.from(''));
    malformed(Buffer.from('{"a":1'));
    malformed(Buffer.from('{} {}'));
    malformed(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('{}')]));
    malformed(Buffer.concat([Buffer.from('"'), Buffer.from([0xff]), Buffer.from('"')]));
    expect(parseJson(Buffer.from('{"a":[1]}'))).toEqual({ a: [1] });
  });

  it('have no member named like the prototype, however it is written', () => {
    for (const name of ['__proto__', '\\u005f_proto__', '_\\u005Fproto\\u005f_', '__\\u0070roto__', '__pro\\u0074o__'])
      for (const json of [`{"${name}":"a"}`, `[{"b":[{"${name}":{}}]}]`])
        expect(() => parseJson(Buffer.from(json))).toThrow(expect.objectContaining({ code: 'request-invalid' }));
    const mentioned = { a: '__proto__', b: [null, '\\u005f'], constructor: { prototype: 'c' } };
    expect(parseJson(Buffer.from(JSON.stringify(mentioned)))).toEqual(mentioned);
    expect(parseJson(Buffer.from('"__proto__"'))).toBe('__proto__');
  });

  it('have no two members with the same name in one object', () => {
    for (const json of ['{"a":1,"a":1}', '[{"b":{"c":1,"\\u0063":2}}]'])
      expect(() => parseJson(Buffer.from(json))).toThrow(expect.objectContaining({ code: 'request-invalid' }));
    expect(parseJson(Buffer.from('{"a":{"a":"a"},"b":["a","a"]}'))).toEqual({ a: { a: 'a' }, b: ['a', 'a'] });
  });

  it('survive a million brackets', () => {
    malformed(Buffer.from('['.repeat(1_000_000)));
  });

  it.each([
    [z.int().max(9), 1e20, 'a: Too big: expected number to be <=9'],
    [z.number().int().positive().max(9), 1e20, 'a: Too big: expected number to be <=9'],
    [z.number().int().min(1).max(9), -1e20, 'a: Too small: expected number to be >=1'],
    [z.number().int().max(9).max(9), 10, 'a: Too big: expected number to be <=9'],
    [z.string().max(3).max(2), 'abcd', 'a: Too big: expected string to have <=2 characters'],
    [z.array(z.number().int().max(9)), [1e20, 1e20], /^a\.0: Too big: [^;]* <=9; a\.1: Too big: [^;]* <=9$/],
    [z.number().int().max(9), 1.5, 'a: Invalid input: expected int, received number'],
  ] as const)('are told one bound at each end: %#', (schema, a, says) => {
    const { error } = z.strictObject({ a: schema as z.ZodType }).safeParse({ a });
    const described = error === undefined ? '' : describeIssues(error);
    expect(described).toMatch(says instanceof RegExp ? says : new RegExp(`^${says.replaceAll('+', '\\+')}$`));
  });

  it('are told the names that they must not have, and every value that is allowed', () => {
    const allowed = Array.from({ length: 40 }, (_, index) => `algorithm-${index}`);
    const schema = z.strictObject({ a: z.enum(allowed as [string]), b: z.strictObject({}) });
    const { error } = schema.safeParse({ a: 'x', b: { 'k\n"': 1, l: 2 }, ['m'.repeat(999)]: 1 });
    const described = error === undefined ? '' : describeIssues(error);
    expect(described).toContain('"algorithm-39"');
    expect(described).toContain('b: has no member "k\\n\\"", "l"');
    expect(described).toMatch(/; has no member "m{100,160}…$/);
  });

  it('are described by place and expected type, never by value', () => {
    const schema = z.strictObject({ pin: z.string().max(3) });
    const described = (value: unknown) => {
      const result = schema.safeParse(value);
      return result.success ? '' : describeIssues(result.error);
    };
    expect(described({ pin: 'canary' })).toMatch(/^pin: /);
    expect(described({ pin: 'canary' })).not.toContain('canary');
    expect(described({ pin: 'a', ['k'.repeat(5000)]: 1 }).length).toBeLessThan(200);
    const variants = z.object({ key: z.discriminatedUnion('kty', [z.object({ kty: z.literal('EC') })]) });
    const unknown = variants.safeParse({ key: { kty: 'canary' } });
    expect(unknown.error && describeIssues(unknown.error)).toMatch(/^key\.kty: \w/);
    expect(() => validate(schema, { pin: 1 })).toThrow(expect.objectContaining({ code: 'request-invalid' }));
  });
});
