import { AnkaError } from '@ankasecure/contracts';
import { hashBytes } from '../tree/hash.js';
import { verifyInclusion } from '../tree/verify-proof.js';
import { parseCheckpoint } from './checkpoint.js';
import { parseNote, strictBase64 } from './note.js';
import { type NoteKey, verifyNote } from './note-key.js';

/** A proof that a leaf is in a signed tree, which needs nothing else to be verified (C2SP tlog-proof). */
export interface TlogProof {
  /** The index of the leaf, from 0: its seq less 1. */
  readonly index: number;
  /** The audit path, from the leaf's sibling on. */
  readonly proof: readonly Uint8Array[];
  /** The signed checkpoint, as it was issued. */
  readonly checkpoint: string;
}

const header = 'c2sp.org/tlog-proof@v1';
/** The longest audit path: that of 2⁶³ leaves. */
const mostHashes = 63;

const refused = (what: string): AnkaError => new AnkaError('request-invalid', `This is not a proof: ${what}.`);

export const formatTlogProof = ({ index, proof, checkpoint }: TlogProof): string =>
  [header, `index ${index}`, ...proof.map((hash) => Buffer.from(hash).toString('base64')), '', checkpoint].join('\n');

/** Reads a proof. Nothing is verified. @throws AnkaError `request-invalid` */
export const parseTlogProof = (text: string): TlogProof => {
  const end = text.indexOf('\n\n');
  const [first, ...lines] = text.slice(0, Math.max(0, end)).split('\n');
  if (first !== header) throw refused(`it does not begin with ${header}`);
  if (lines[0]?.startsWith('extra ') === true) lines.shift();
  const [, index] = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '') ?? [];
  if (index === undefined) throw refused('it does not name the index of a leaf');
  const proof = lines.map((line) => {
    const hash = strictBase64(line);
    if (hash?.length !== hashBytes) throw refused('a line is not a hash');
    return hash;
  });
  if (proof.length > mostHashes) throw refused('its path is longer than that of any tree');
  return { index: Number(index), proof, checkpoint: text.slice(end + 2) };
};

/** Whether a proof holds for a leaf: its checkpoint is that of the origin, the key has signed it, and the path leads to its root. */
export const verifyTlogProof = (leaf: Uint8Array, origin: string, text: string, key: NoteKey): boolean => {
  const { index, proof, checkpoint } = parseTlogProof(text);
  const note = parseNote(checkpoint);
  if (verifyNote(note, key) !== 'valid') return false;
  const head = parseCheckpoint(note.text);
  return head.origin === origin && verifyInclusion(leaf, index, head, proof);
};
