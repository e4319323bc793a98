import { AnkaError } from '@ankasecure/contracts';

/** A signature line of a note. */
export interface NoteSignature {
  /** The name of the key. */
  readonly name: string;
  /** 4 bytes that, with the name, find the key. */
  readonly keyId: Uint8Array;
  /** In the form of the key's type. */
  readonly signature: Uint8Array;
}

/** A signed note (C2SP signed-note). */
export interface SignedNote {
  /** The signed text, which ends with a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** The most signature lines that are read. C2SP asks for at least 16. */
const mostSignatures = 64;
const keyIdBytes = 4;
/** The em dash and the space that begin a signature line. */
const mark = '\u2014 ';

const refused = (what: string): AnkaError => new AnkaError('request-invalid', `This is not a signed note: ${what}.`);

/** Whether a name can stand in a signature line. */
export const isKeyName = (name: string): boolean => /^[^\s+\p{Z}\p{Cc}]+$/u.test(name);

/** Decodes base64 that has the one form of its bytes. @returns undefined for any other text */
export const strictBase64 = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
};

/** Writes a note. @throws AnkaError `request-invalid` for a text or a name that no note can have */
export const formatNote = ({ text, signatures }: SignedNote): string => {
  assertText(text);
  const lines = signatures.map(({ name, keyId, signature }) => {
    if (!isKeyName(name)) throw refused('the name of a key is empty, or has a space or a plus');
    return `${mark}${name} ${Buffer.concat([keyId, signature]).toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
};

/** Reads a note. Nothing is verified: the text is to be ignored until a signature of a known key is. @throws AnkaError `request-invalid` */
export const parseNote = (note: string): SignedNote => {
  const end = note.lastIndexOf('\n\n');
  if (end < 0) throw refused('it has no empty line before its signatures');
  const text = note.slice(0, end + 1);
  assertText(text);
  const lines = note.slice(end + 2).split('\n');
  if (lines.pop() !== '' || lines.length === 0) throw refused('it has no signature, or does not end with a newline');
  if (lines.length > mostSignatures) throw refused(`it has more than ${mostSignatures} signatures`);
  return { text, signatures: lines.map(signatureIn) };
};

const assertText = (text: string): void => {
  if (!text.isWellFormed() || /[^\n\P{Cc}]/u.test(text))
    throw refused('it has a control character or ill-formed Unicode');
  if (text.length < 2 || !text.endsWith('\n')) throw refused('its text is empty or does not end with a newline');
};

const signatureIn = (line: string): NoteSignature => {
  const [name = '', encoded = '', ...rest] = line.startsWith(mark) ? line.slice(mark.length).split(' ') : [];
  const bytes = strictBase64(encoded);
  if (!isKeyName(name) || rest.length > 0 || bytes === undefined || bytes.length <= keyIdBytes)
    throw refused('a signature line is not "\u2014 name base64"');
  return { name, keyId: bytes.subarray(0, keyIdBytes), signature: bytes.subarray(keyIdBytes) };
};
