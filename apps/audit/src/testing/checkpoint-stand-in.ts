import { generateKeyPairSync, sign } from 'node:crypto';
import {
  checkpointText,
  formatNote,
  keyIdOf,
  type NoteKey,
  noteKeyOf,
  originOf,
  parseCheckpoint,
  parseNote,
  verifierKeyOf,
  verifyConsistency,
  verifyNote,
} from '@ankasecure/audit-event';
import { AnkaError, listCheckpointKeys, signCheckpoint } from '@ankasecure/contracts';
import type { TestBus } from '@ankasecure/testing';

const refused = (): AnkaError => new AnkaError('record-forged', 'refused by the stand-in');

/** Signs checkpoints in place of a worker, with one Ed25519 key under each tenant's name, and refuses what a worker refuses. */
export class CheckpointStandIn {
  /** The tenants and sizes that were signed. */
  readonly signed: { readonly tenantId: string; readonly size: number }[] = [];
  /** The error that is answered instead of a signature. */
  failure: AnkaError | undefined;
  /** Whether requests for a signature get no answer. */
  hangs = false;
  /** Makes something else of each signature. */
  fault: (signature: Buffer) => Buffer = (signature) => signature;
  private readonly pair = generateKeyPairSync('ed25519');
  private readonly last = new Map<string, number>();

  constructor(bus: TestBus) {
    bus.serve(signCheckpoint, 'default', async ({ tenantId }, { size, root, before }) => {
      if (this.failure !== undefined) throw this.failure;
      if (this.hangs) await new Promise(() => undefined);
      const key = this.keyOf(tenantId);
      const checkpoint = { origin: key.name, size, root: Buffer.from(root, 'base64') };
      if (before !== null) {
        const note = parseNote(before.note);
        const proof = before.proof.map((hash) => Buffer.from(hash, 'base64'));
        if (verifyNote(note, key) !== 'valid') throw refused();
        if (!verifyConsistency(parseCheckpoint(note.text), checkpoint, proof)) throw refused();
      }
      if (size < (this.last.get(tenantId) ?? 0)) throw new AnkaError('record-outdated', 'refused by the stand-in');
      this.last.set(tenantId, size);
      this.signed.push({ tenantId, size });
      const text = checkpointText(checkpoint);
      const signature = this.fault(sign(null, Buffer.from(text), this.pair.privateKey));
      return { body: { note: formatNote({ text, signatures: [{ name: key.name, keyId: keyIdOf(key), signature }] }) } };
    });
    bus.serve(listCheckpointKeys, 'default', async ({ tenantId }) => {
      const key = this.keyOf(tenantId);
      const { algorithm } = key;
      return { body: { origin: key.name, keys: [{ algorithm, generation: 1, verifierKey: verifierKeyOf(key) }] } };
    });
  }

  keyOf(tenantId: string): NoteKey {
    const spki = this.pair.publicKey.export({ format: 'der', type: 'spki' });
    return noteKeyOf('Ed25519', originOf('ankasecure', tenantId), spki);
  }
}
