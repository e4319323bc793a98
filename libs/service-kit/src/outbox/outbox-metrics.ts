import { monotonicNow } from '@ankasecure/contracts';
import { Gauge, type Registry } from 'prom-client';
import type { Outbox } from './outbox.js';

interface OutboxGauge {
  readonly name: string;
  readonly help: string;
  readonly read: (outbox: Outbox) => number;
}

/** By the table, or by the memory of the process, because the database's owner writes the table. */
const oldestMs = ({ oldestAt, oldestUnsealed }: Outbox): number => {
  const told = oldestAt === undefined ? 0 : Date.now() - oldestAt;
  const known = oldestUnsealed === undefined ? 0 : monotonicNow() - oldestUnsealed;
  return Math.max(0, told, known);
};

const gauges: readonly OutboxGauge[] = [
  {
    name: 'ankasecure_outbox_events',
    help: 'Committed outcomes that are waiting to be sealed',
    read: (outbox) => outbox.depth,
  },
  {
    name: 'ankasecure_outbox_quarantined',
    help: 'Outcomes that cannot be sealed and need an operator',
    read: (outbox) => outbox.quarantined,
  },
  {
    name: 'ankasecure_outbox_oldest_seconds',
    help: 'Age of the oldest outcome that is not known to be sealed',
    read: (outbox) => oldestMs(outbox) / 1000,
  },
];

export const meterOutbox = (outbox: Outbox, registry: Registry): void => {
  for (const { name, help, read } of gauges)
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read(outbox));
      },
    });
};
