import { randomBytes } from 'node:crypto';
import { monotonicNow } from '@ankasecure/contracts/monotonic';
import { describe, expect, it } from 'vitest';
import { packReplies, packRequests, unpackReplies, unpackRequests } from './frame.js';

describe('lane frames', () => {
  it('carry requests unchanged', () => {
    // A frame carries whole milliseconds.
    const deadline = Math.floor(monotonicNow()) + 1234;
    const requests = Array.from({ length: 64 }, (_, index) => ({
      operation: index % 5,
      variant: index,
      deadline: deadline + index,
      parts: Array.from({ length: index % 4 }, () => randomBytes(index * 7)),
    }));
    const { batch, requests: arrived } = unpackRequests(packRequests(requests, 77));
    expect(batch).toBe(77);
    expect(arrived).toEqual(requests);
  });

  it('clamp deadlines that no clock reaches', () => {
    const [request] = unpackRequests(
      packRequests([{ operation: 0, variant: 0, deadline: Number.MAX_SAFE_INTEGER, parts: [] }], 1),
    ).requests;
    expect(request?.deadline).toBeGreaterThan(monotonicNow() + 1e9);
  });

  it('carry replies back, with codes above 2³¹, as views that leave nothing behind when they are overwritten', () => {
    const replies = [
      { status: 0, code: 0, micros: 12, parts: [randomBytes(64)] },
      { status: 7, code: 0x80000005, micros: 3, parts: [] },
      { status: 0, code: 0, micros: 1, parts: [Buffer.alloc(0), randomBytes(9)] },
    ];
    const frame = packReplies(replies);
    const secrets = replies.flatMap(({ parts }) => parts).filter((part) => part.length > 0);
    const unpacked = unpackReplies(frame);
    expect(unpacked).toEqual(replies);
    expect(secrets.every((secret) => Buffer.from(frame).includes(secret))).toBe(true);
    for (const { parts } of unpacked) for (const part of parts) part.fill(0);
    expect(secrets.some((secret) => Buffer.from(frame).includes(secret))).toBe(false);
  });
});
