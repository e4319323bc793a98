import { randomUUID } from 'node:crypto';
import { AnkaError, type Context, type DryRun, errors } from '@ankasecure/contracts';
import { type Outbox, withTenant } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';

/** Dry runs of changes: their checks, and an event that tells them from the deed. */
export class Rehearsal {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  /**
   * @param operation as events name the deed
   * @param check throws what the deed would be refused with, and changes nothing
   * @throws AnkaError `audit-unavailable`, and whatever is no refusal
   */
  async of(context: Context, operation: string, check: () => Promise<void>): Promise<DryRun> {
    this.outbox.assertRoom();
    const error = await check().then(
      () => undefined,
      (thrown: unknown) => {
        if (thrown instanceof AnkaError) return thrown;
        throw thrown;
      },
    );
    await this.report(context, operation, error);
    if (error === undefined) return { dryRun: true, operation, succeeds: true };
    const { status, title } = errors[error.code];
    return {
      ...{ dryRun: true, operation, succeeds: false },
      error: { code: error.code, status, title, detail: error.detail },
    };
  }

  private async report(
    { tenantId, principal, correlationId }: Context,
    operation: string,
    error: AnkaError | undefined,
  ): Promise<void> {
    await withTenant(this.dataSource, tenantId, (manager) =>
      this.outbox.write(manager, [
        {
          ...{ eventId: randomUUID(), tenantId, userId: principal, keyId: null, algorithm: null, correlationId },
          operation: `dry-run.${operation}`,
          outcome: error === undefined ? 'success' : 'failure',
          failureCode: error?.code ?? null,
          occurredAt: Date.now() * 1000,
        },
      ]),
    );
    this.outbox.committed(1);
  }
}
