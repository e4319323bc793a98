import { type Context, listFinalChanges, mayFollow, type RecordHead, recordKey } from '@ankasecure/contracts';
import type { BusClient } from '@ankasecure/service-kit';
import type { KeyVersionRecord } from '../key/record/key-version.entity.js';

/** The changes to states that records never lose, and to those that may follow one, by record. */
export class FinalStates {
  private readonly changes = new Map<string, RecordHead[]>();

  add(changes: readonly RecordHead[]): void {
    for (const change of changes) {
      const own = this.changes.get(recordKey(change)) ?? [];
      this.changes.set(recordKey(change), [...own, change]);
    }
  }

  /** The state that a record has entered with its last change. A head says only that it was final before. */
  lastOf(head: RecordHead): string | null {
    const own = this.changes.get(recordKey(head)) ?? [];
    return own.find(({ revision }) => revision === head.revision)?.state ?? head.state;
  }

  /**
   * The final states, and states that may follow a final one, which a version has entered since the form that the row has. Also
   * those that it had entered before, and that no version may leave for the row's state.
   */
  since({ keyId, version, recordRevision, state: own }: KeyVersionRecord): ReadonlySet<string | null> {
    const changes = this.changes.get(recordKey({ kind: 'key_version', id: `${keyId}/${version}` })) ?? [];
    const counts = ({ revision, state }: RecordHead): boolean =>
      revision > (recordRevision ?? 0) || !mayFollow('key_version', state, own);
    return new Set(changes.filter(counts).map(({ state }) => state));
  }
}

/** Reads all changes to final states that the tenant's trail names, whatever it says last. */
export const readFinalStates = async (bus: Pick<BusClient, 'request'>, context: Context): Promise<FinalStates> => {
  // Reading is the same in a dry run.
  const { dryRun: _, ...reading } = context;
  const states = new FinalStates();
  for (let after: number | null = 0; after !== null; ) {
    const page: { changes: RecordHead[]; next: number | null } = await bus.request(listFinalChanges, '', reading, {
      after,
    });
    states.add(page.changes);
    after = page.next;
  }
  return states;
};
