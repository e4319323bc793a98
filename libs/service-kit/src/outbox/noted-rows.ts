import type { EventName } from '@ankasecure/contracts';
import type {
  EntityManager,
  EntitySubscriberInterface,
  TransactionCommitEvent,
  TransactionRollbackEvent,
} from 'typeorm';
import type { CommittedRows } from './committed-rows.js';

/** The rows that transactions under way have written, by their connections. */
const noted = new WeakMap<object, (readonly EventName[])[]>();

/** Notes a row of the outbox that the transaction has written. It counts when the transaction commits. */
export const noteRow = ({ queryRunner }: EntityManager, events: readonly EventName[]): void => {
  if (queryRunner === undefined) return;
  const rows = noted.get(queryRunner) ?? [];
  rows.push(events.map(({ tenantId, eventId, correlationId }) => ({ tenantId, eventId, correlationId })));
  noted.set(queryRunner, rows);
};

/** Remembers the noted rows of the data source's transactions when they commit. No transaction here is nested. */
export class CommitWatch implements EntitySubscriberInterface {
  constructor(private readonly rows: CommittedRows) {}

  afterTransactionCommit({ queryRunner }: TransactionCommitEvent): void {
    for (const events of noted.get(queryRunner) ?? []) this.rows.add(events);
    noted.delete(queryRunner);
  }

  afterTransactionRollback({ queryRunner }: TransactionRollbackEvent): void {
    noted.delete(queryRunner);
  }
}
