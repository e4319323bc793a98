import {
  activateKey,
  type Context,
  cancelDestruction,
  compromiseKey,
  type DryRun,
  deactivateKey,
  deleteKey,
  editKey,
  type Key,
  resumeKey,
  revokeKey,
  scheduleDestruction,
  suspendKey,
} from '@ankasecure/contracts';
import { type Answer, AnswersDryRuns, MessagePattern, RequiresOutboxRoom } from '@ankasecure/service-kit';
import { applyDecorators, Controller } from '@nestjs/common';
import type { z } from 'zod';
import { NeedsToken } from '../group/needs-token.js';
import { withRevision } from '../outcome/answer.js';
import { ChangeState } from './change-state.js';
import { Destruction } from './destruction.js';
import { EditKey } from './edit-key.js';
import { LifecycleConfig } from './lifecycle.config.js';
import type { StateChange } from './plan-change.js';

type Changed = Promise<Answer<Key | DryRun>>;

/** Marks a recorded change of a key that supports dry runs. */
const ChangesKey = (): MethodDecorator => applyDecorators(NeedsToken(), AnswersDryRuns(), RequiresOutboxRoom());

/** Serves changes of a key's state and of its text. */
@Controller()
export class LifeController {
  constructor(
    private readonly states: ChangeState,
    private readonly editor: EditKey,
    private readonly config: LifecycleConfig,
  ) {}

  @ChangesKey()
  @MessagePattern(activateKey.contract)
  activate(context: Context, request: z.infer<typeof activateKey.contract.request>): Changed {
    return this.change(context, { verb: 'activate', ...request });
  }

  @ChangesKey()
  @MessagePattern(suspendKey.contract)
  suspend(context: Context, request: z.infer<typeof suspendKey.contract.request>): Changed {
    return this.change(context, { verb: 'suspend', ...request });
  }

  @ChangesKey()
  @MessagePattern(resumeKey.contract)
  resume(context: Context, request: z.infer<typeof resumeKey.contract.request>): Changed {
    return this.change(context, { verb: 'resume', ...request });
  }

  @ChangesKey()
  @MessagePattern(deactivateKey.contract)
  deactivate(context: Context, request: z.infer<typeof deactivateKey.contract.request>): Changed {
    return this.change(context, { verb: 'deactivate', ...request });
  }

  @ChangesKey()
  @MessagePattern(revokeKey.contract)
  revoke(context: Context, { id, version, ...revocation }: z.infer<typeof revokeKey.contract.request>): Changed {
    return this.change(context, { verb: 'revoke', id, version, revocation });
  }

  @ChangesKey()
  @MessagePattern(compromiseKey.contract)
  compromise(context: Context, { id, version, ...about }: z.infer<typeof compromiseKey.contract.request>): Changed {
    const revocation = { reason: 'key-compromise', ...about } as const;
    return this.change(context, { verb: 'compromise', id, version, revocation });
  }

  @ChangesKey()
  @MessagePattern(scheduleDestruction.contract)
  scheduleDestruction(
    context: Context,
    { id, version, waitingDays }: z.infer<typeof scheduleDestruction.contract.request>,
  ): Changed {
    return this.change(context, { verb: 'schedule-destroy', id, version }, waitingDays);
  }

  @ChangesKey()
  @MessagePattern(deleteKey)
  delete(context: Context, { id, waitingDays }: z.infer<typeof deleteKey.request>): Changed {
    return this.change(context, { verb: 'schedule-destroy', id }, waitingDays);
  }

  @ChangesKey()
  @MessagePattern(cancelDestruction.contract)
  cancelDestruction(context: Context, request: z.infer<typeof cancelDestruction.contract.request>): Changed {
    return this.change(context, { verb: 'cancel-destroy', ...request });
  }

  @ChangesKey()
  @MessagePattern(editKey.contract)
  async edit(context: Context, request: z.infer<typeof editKey.contract.request>): Changed {
    return withRevision(await this.editor.edit(context, request));
  }

  private async change(context: Context, change: StateChange, waitingDays?: number): Changed {
    const destruction =
      waitingDays === undefined ? undefined : new Destruction(waitingDays, this.config.minimumWaitingDays);
    return withRevision(await this.states.change(context, change, destruction));
  }
}
