import { randomUUID } from 'node:crypto';
import { AnkaError, type ErrorCode, monotonicNow } from '@ankasecure/contracts';
import type { BusClient, Logger, Outbox } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';
import { describe, expect, it, vi } from 'vitest';
import { SettleChange } from './settle-change.js';

describe('a caller that joins an attempt in progress', () => {
  /** The attempt fails, and so does its caller. Nothing is pending for the next one. */
  const joinFailing = async (code: ErrorCode) => {
    const transaction = vi.fn().mockRejectedValueOnce(new AnkaError(code)).mockResolvedValue(undefined);
    const changes = new SettleChange(
      { transaction, options: { poolSize: 1 } } as unknown as DataSource,
      {} as BusClient,
      {} as Outbox,
      {} as Logger,
    );
    const [tenantId, deadline] = [randomUUID(), monotonicNow() + 60_000];
    const both = [changes.settle(tenantId, deadline), changes.settle(tenantId, deadline)];
    const [first, joined] = await Promise.allSettled(both);
    expect(first).toMatchObject({ status: 'rejected', reason: { code } });
    return { joined, attempts: transaction.mock.calls.length };
  };

  it('tries itself if the attempt was refused for older records: they may count for the caller, which restores', async () => {
    expect(await joinFailing('record-outdated')).toMatchObject({ joined: { status: 'fulfilled' }, attempts: 2 });
  });

  it.each(['policy-not-applied', 'request-invalid'] as const)('fails with it otherwise: %s', async (code) => {
    const { joined, attempts } = await joinFailing(code);
    expect(joined).toMatchObject({ status: 'rejected', reason: { code } });
    expect(attempts).toBe(1);
  });
});
