import { type NoteKey, parseCheckpoint, parseNote, parseVerifierKey, verifyNote } from '@ankasecure/audit-event';
import { AnkaError, type Context } from '@ankasecure/contracts';
import { BoundedMap } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { CheckpointSource } from './checkpoint-source.js';

/** Tenants whose keys are remembered. */
const capacity = 10_000;

/** The keys of a tenant's checkpoints, as the HSM has them. */
interface LogKeys {
  readonly origin: string;
  readonly keys: readonly NoteKey[];
}

/** A checkpoint that none of the keys has signed. */
class UnsignedCheckpoint extends AnkaError {
  constructor(size: number) {
    super('record-forged', `The checkpoint of ${size} events in ankadb_audit is not one that the HSM has signed.`);
  }
}

/** @throws AnkaError `record-forged` for a checkpoint that the HSM has not signed for the tenant */
export type AssertSigned = (checkpoint: { readonly size: number; readonly note: string }) => void;

/** Verifies the signatures of checkpoints, before they are stored and whenever they are read: the database's word is none. */
@Injectable()
export class SignedNotes {
  private readonly known = new BoundedMap<string, LogKeys>(capacity);

  constructor(private readonly source: CheckpointSource) {}

  /**
   * Does work that verifies checkpoints. It is done again with the keys as they are now if one does not verify under those that are
   * known: the HSM may have newer ones.
   * @throws the errors of `work`; AnkaError if no worker tells the keys
   */
  async verifying<Value>(context: Context, work: (assertSigned: AssertSigned) => Promise<Value>): Promise<Value> {
    const known = this.known.use(context.tenantId);
    try {
      return await work(verifierOf(known));
    } catch (error) {
      if (!(error instanceof UnsignedCheckpoint)) throw error;
    }
    return work(verifierOf(await this.learn(context)));
  }

  private async learn(context: Context): Promise<LogKeys> {
    const { origin, keys } = await this.source.keys(context);
    const log = { origin, keys: keys.map(({ verifierKey }) => parseVerifierKey(verifierKey)) };
    this.known.set(context.tenantId, log);
    return log;
  }
}

const verifierOf =
  (log: LogKeys | undefined): AssertSigned =>
  ({ size, note }) => {
    if (log === undefined || !isSigned(log, size, note)) throw new UnsignedCheckpoint(size);
  };

/** Whether a text is a checkpoint of the log of that size, under one of its keys and under none falsely. */
const isSigned = ({ origin, keys }: LogKeys, size: number, text: string): boolean => {
  try {
    const note = parseNote(text);
    const checkpoint = parseCheckpoint(note.text);
    const standings = keys.map((key) => verifyNote(note, key));
    const isOurs = checkpoint.origin === origin && checkpoint.size === size;
    return isOurs && standings.includes('valid') && !standings.includes('invalid');
  } catch {
    return false;
  }
};
