import { type AuditedAction, auditEvent, type Context } from '@ankasecure/contracts';
import type { DenialRecorder } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { undecided } from './fence.js';
import { GroupCommit } from './group-commit.js';

/** Commits the event of a denied request before the denial is answered. */
@Injectable()
export class RecordDenial implements DenialRecorder {
  constructor(private readonly outcomes: GroupCommit) {}

  async record(context: Context, action: AuditedAction): Promise<void> {
    await this.outcomes.commit(undecided(context.tenantId), auditEvent(context, action));
  }
}
