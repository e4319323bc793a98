import { randomUUID } from 'node:crypto';
import { auditEvent } from '@ankasecure/contracts';
import { testProof } from '@ankasecure/testing';
import type { DataSource } from 'typeorm';
import { expect, it } from 'vitest';
import * as migrations from '../migrations/index.js';
import { contextOf, startWorkerDatabase } from '../testing/worker-database.js';

/** All migrations before the last one, so that the database is that of the earlier release. */
const earlier = Object.keys(migrations).indexOf('OutboxProof1775100000000');
const event = auditEvent(contextOf(randomUUID()), { operation: 'key.edit', details: { '"proof":{"process":"': 'x' } });

/** Upgrades a database in whose outbox a row waits. @returns the events that wait afterwards */
const upgrade = async (events: string, quarantined: boolean): Promise<number> => {
  const fill = (database: DataSource): Promise<unknown> =>
    database.query('INSERT INTO outbox (event_count, events, quarantined) VALUES (1, $1, $2)', [events, quarantined]);
  const database = await startWorkerDatabase({
    migrations: earlier,
    fill: async (superuser) => void (await fill(superuser)),
  });
  const waiting = await database.events();
  await database.stop();
  return waiting.length;
};

it('an upgrade stops while events of the earlier release wait, and says what to do', async () => {
  await expect(upgrade(JSON.stringify([event]), false)).rejects.toThrow(
    /^1 audit events of the earlier release wait.*Run the earlier release without traffic/,
  );
});

it('an upgrade goes on if what waits has a proof or is quarantined', async () => {
  expect(await upgrade(`[${testProof('crypto-worker').textOf(event)}]`, false)).toBe(1);
  expect(await upgrade(JSON.stringify([event]), true)).toBe(1);
});
