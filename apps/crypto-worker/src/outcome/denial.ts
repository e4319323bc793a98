import { AnkaError, type Context } from '@ankasecure/contracts';
import { eventOf, type Happened } from './event.js';
import { undecided } from './fence.js';
import type { GroupCommit } from './group-commit.js';

/** Runs `work`, and puts it on record before its refusal is answered that the caller may not do it. Reading leaves no other trace. */
export const recordingDenial = async <Value>(
  outcomes: GroupCommit,
  context: Context,
  about: Pick<Happened, 'operation' | 'keyId' | 'details'>,
  work: () => Promise<Value>,
): Promise<Value> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AnkaError && error.code === 'key-access-denied')
      await outcomes.commit(
        undecided(context.tenantId),
        eventOf(context, { ...about, algorithm: null, outcome: 'failure', failureCode: error.code }),
      );
    throw error;
  }
};
