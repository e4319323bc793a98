import { describe, expect, it } from 'vitest';
import { durationOf, headerOf, ResponseReader } from './generator/response-reader.js';
import { dueBy, intendedAt, percentile, rate, Samples } from './statistic.js';

describe('percentiles', () => {
  const hundred = Float64Array.from({ length: 100 }, (_, index) => index + 1);

  it.each([
    [50, 50],
    [90, 90],
    [99, 99],
    [100, 100],
    [0.5, 1],
  ])('of 1 to 100, p%d is %d', (percent, value) => {
    expect(percentile(hundred, percent)).toBe(value);
  });

  it('are values of the nearest rank, never interpolated', () => {
    expect(percentile(Float64Array.of(1, 10), 50)).toBe(1);
    expect(percentile(Float64Array.of(1, 10), 51)).toBe(10);
    expect(percentile(Float64Array.of(7), 99)).toBe(7);
    expect(percentile(Float64Array.of(), 50)).toBeNaN();
  });

  it('are computed from all values, in any order and number', () => {
    const samples = new Samples();
    for (let value = 5000; value >= 1; value--) samples.add(value);
    expect(samples.summary()).toEqual({ count: 5000, mean: 2500.5, p50: 2500, p90: 4500, p99: 4950, max: 5000 });
    expect(new Samples().summary()).toBeNull();
  });
});

describe('rates', () => {
  it('count per second, and are 0 if no time passed', () => {
    expect(rate(300, 1.5)).toBe(200);
    expect(rate(1, 0)).toBe(0);
  });

  it('make exactly as many requests due as the rate requires', () => {
    expect(dueBy(1000, 2500)).toBe(2500);
    expect(dueBy(10_000, 333.3)).toBe(3333);
    expect(dueBy(0.9, 5000)).toBe(0);
  });

  it('schedule each request at the first grid point at which it is due', () => {
    for (const perSecond of [40, 999, 1000, 2500, 7300])
      for (const index of [0, 1, 2, 17, 4999]) {
        const at = intendedAt(index, perSecond);
        expect(dueBy(at, perSecond)).toBeGreaterThan(index);
        expect(dueBy(at - 1, perSecond)).toBeLessThanOrEqual(index);
      }
  });
});

describe('reading answers', () => {
  const head =
    'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nServer-Timing: hsm;dur=0.125, worker;dur=0.9, total;dur=1.5';
  const whole = Buffer.from(`${head}\r\nContent-Length: 5\r\n\r\nhello`);

  it('finds headers and durations', () => {
    const timing = headerOf(head.toLowerCase(), 'server-timing') ?? '';
    expect(['hsm', 'worker', 'total', 'other'].map((key) => durationOf(timing, key))).toEqual([
      0.125,
      0.9,
      1.5,
      undefined,
    ]);
    expect(headerOf(head.toLowerCase(), 'etag')).toBeUndefined();
  });

  it('reads an answer that arrives byte by byte, and the next one', () => {
    const reader = new ResponseReader();
    for (let round = 0; round < 2; round++) {
      reader.keepNext();
      const answers = [...whole].map((byte) => reader.feed(Buffer.of(byte)));
      expect(answers.slice(0, -1).every((answer) => answer === null)).toBe(true);
      expect(answers.at(-1)).toMatchObject({ status: 200, body: 'hello', itemFailed: false });
    }
  });

  it('reads an answer in chunks', () => {
    const reader = new ResponseReader();
    reader.keepNext();
    const chunked = `${head}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n`;
    expect(reader.feed(Buffer.from(chunked))?.body).toBe('hello');
  });

  it('detects a failed item of a batch', () => {
    const body = '{"items":[{"error":{"code":"key-state"}}]}';
    const answer = new ResponseReader().feed(Buffer.from(`${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`));
    expect(answer).toMatchObject({ status: 200, body: null, itemFailed: true });
  });
});
