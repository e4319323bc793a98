/** A word that must be found nowhere, and what it is, for the message. */
export interface Secret {
  readonly what: string;
  readonly bytes: Buffer;
}

export const secretText = (what: string, text: string): Secret => ({ what, bytes: Buffer.from(text) });

/** What base64 makes of `bytes` wherever they stand in a longer text: three alignments, without the characters that neighbours share. */
const base64Forms = (bytes: Buffer): readonly string[] =>
  [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes, Buffer.alloc(2)]).toString('base64');
    const first = Math.ceil((shift * 4) / 3);
    return text.slice(first === 0 ? 0 : first + 1, Math.floor(((shift + bytes.length) * 4) / 3));
  });

const formsOf = ({ bytes }: Secret): readonly Buffer[] => {
  const base64 = base64Forms(bytes);
  const url = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  const hex = bytes.toString('hex');
  return [bytes, ...[...base64, ...url, hex, hex.toUpperCase()].map((text) => Buffer.from(text))];
};

/** Looks for secrets, raw, in hex, in base64 and in base64url. @throws Error for a secret too short to be told from chance */
export const secretSearch = (
  secrets: readonly Secret[],
): ((where: string, content: Uint8Array | string) => readonly string[]) => {
  const short = secrets.find(({ bytes }) => bytes.length < 12);
  if (short !== undefined) throw new Error(`${short.what} is too short to look for`);
  const forms = secrets.map((secret) => ({ what: secret.what, forms: formsOf(secret) }));
  return (where, content) => {
    const bytes =
      typeof content === 'string'
        ? Buffer.from(content)
        : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    return forms
      .filter((secret) => secret.forms.some((form) => bytes.includes(form)))
      .map(({ what }) => `${what} in ${where}`);
  };
};
