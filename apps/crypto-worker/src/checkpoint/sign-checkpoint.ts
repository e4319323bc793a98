import { hash } from 'node:crypto';
import {
  type Checkpoint,
  checkpointText,
  formatNote,
  keyIdOf,
  type NoteSignature,
  noteSignature,
  parseCheckpoint,
  parseNote,
  type SignedNote,
  signedMessage,
  type TreeHead,
  verifyConsistency,
  verifyNote,
} from '@ankasecure/audit-event';
import { AnkaError, type Context, type signCheckpoint } from '@ankasecure/contracts';
import { BoundedMap, Clock } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Custody } from '../custody/custody.js';
import { type CheckpointKey, CheckpointKeys } from './checkpoint-key.js';

type Request = z.infer<typeof signCheckpoint.request>;
type Reply = z.infer<typeof signCheckpoint.reply>;

/** Tenants whose last signed tree is remembered. */
const capacity = 100_000;

/**
 * Signs the heads of tenants' trees. The text is composed here: name of the log, size and root, so that nobody gets another text signed,
 * or a tree under another tenant's name. A tree must continue the signed checkpoint that it comes with. This process signs no tree that
 * is smaller than one it has signed, and no two of one size. What other workers have signed it does not know: a witness does.
 */
@Injectable()
export class SignCheckpoint {
  private readonly signed = new BoundedMap<string, TreeHead>(capacity);

  constructor(
    private readonly custody: Custody,
    private readonly keys: CheckpointKeys,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws AnkaError `record-outdated` for a tree that is older than one that was signed; `record-forged` if it does not continue the
   * checkpoint before it, or the HSM has not signed that; `tenant-unknown`; `internal-error` if what the HSM has answered is no signature
   */
  async sign(context: Context, { size, root, before }: Request): Promise<Reply> {
    const { tenantId } = context;
    const checkpoint = { origin: this.keys.originOf(tenantId), size, root: Buffer.from(root, 'base64') };
    const signers = await this.keys.signing(context);
    if (before !== null) await this.assertContinues(tenantId, checkpoint, before);
    this.remember(tenantId, checkpoint);
    const signatures = await Promise.all(signers.map((key) => this.signatureOf(context, key, checkpoint)));
    const note = { text: checkpointText(checkpoint), signatures };
    assertVerifies(note, signers);
    return { note: formatNote(note) };
  }

  /** Checks and remembers in one step, before the HSM is asked: of two trees of one size, only the first is signed. */
  private remember(tenantId: string, { size, root }: TreeHead): void {
    const last = this.signed.get(tenantId);
    if (last !== undefined && size < last.size)
      throw new AnkaError('record-outdated', `A checkpoint of ${last.size} events was signed. The tree has ${size}.`);
    if (last !== undefined && size === last.size && Buffer.compare(root, last.root) !== 0)
      throw new AnkaError('record-forged', `A checkpoint of ${size} events was signed, with another root.`);
    this.signed.set(tenantId, { size, root });
  }

  private async assertContinues(
    tenantId: string,
    checkpoint: Checkpoint,
    { note: text, proof }: NonNullable<Request['before']>,
  ): Promise<void> {
    const note = parseNote(text);
    const standings = (await this.keys.all(tenantId)).map((key) => verifyNote(note, key));
    if (standings.includes('invalid') || !standings.includes('valid'))
      throw new AnkaError('record-forged', 'The last checkpoint is not one that the HSM has signed for this tenant.');
    const before = parseCheckpoint(note.text);
    const hashes = proof.map((one) => Buffer.from(one, 'base64'));
    if (before.origin !== checkpoint.origin || !verifyConsistency(before, checkpoint, hashes))
      throw new AnkaError(
        'record-forged',
        `The tree of ${checkpoint.size} events does not continue that of ${before.size}, which was signed.`,
      );
  }

  private async signatureOf(context: Context, key: CheckpointKey, checkpoint: Checkpoint): Promise<NoteSignature> {
    const signedAt = Math.floor(this.clock.now() / 1000);
    const message = signedMessage(key, checkpoint, signedAt);
    const input = key.algorithm === 'EC-P256' ? hash('sha256', message, 'buffer') : message;
    const raw = await this.custody.platformSign(context, key.ref, input);
    return { name: key.name, keyId: keyIdOf(key), signature: noteSignature(key.algorithm, raw, signedAt) };
  }
}

/**
 * Checks each signature under the public key that is published. A token that answers with another, by a fault of it or of the way to it,
 * would have a checkpoint stored that nobody can verify, and that no later one could continue.
 */
const assertVerifies = (note: SignedNote, signers: readonly CheckpointKey[]): void => {
  const failed = signers.filter((key) => verifyNote(note, key) !== 'valid');
  if (failed.length === 0) return;
  const algorithms = failed.map(({ algorithm }) => algorithm).join(', ');
  throw new AnkaError('internal-error', `The HSM has answered with a signature that does not verify: ${algorithms}.`);
};
