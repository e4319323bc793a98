/** A text that must be found nowhere, and its name for the message. */
export interface Secret {
  readonly what: string;
  readonly bytes: Buffer;
}

export const secretText = (what: string, text: string): Secret => ({ what, bytes: Buffer.from(text) });

/** The base64 forms of `bytes` in a longer text: three alignments, without the characters that neighbours share. */
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

interface Form {
  readonly what: string;
  readonly bytes: Buffer;
}

/** The first two bytes of a form, as a number. */
const startOf = (bytes: Uint8Array): number => ((bytes[0] as number) << 8) | (bytes[1] as number);

/**
 * Searches for secrets, raw, in hex, in base64 and in base64url. One pass covers all of them and compares only where two
 * bytes are the first two of a form.
 * @throws Error for a secret that is too short to be distinguished from chance
 */
export const secretSearch = (
  secrets: readonly Secret[],
): ((where: string, content: Uint8Array | string) => readonly string[]) => {
  const short = secrets.find(({ bytes }) => bytes.length < 12);
  if (short !== undefined) throw new Error(`${short.what} is too short to look for`);
  const forms = secrets.flatMap((secret) => formsOf(secret).map((bytes): Form => ({ what: secret.what, bytes })));
  const byStart: (readonly Form[] | undefined)[] = Array.from({ length: 0x1_00_00 });
  for (const [start, some] of Map.groupBy(forms, ({ bytes }) => startOf(bytes))) byStart[start] = some;
  return (where, content) => {
    const bytes =
      typeof content === 'string'
        ? Buffer.from(content)
        : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    const found = new Set<string>();
    for (let end = 1, start = bytes[0] ?? 0; end < bytes.length; end++) {
      start = ((start << 8) | (bytes[end] as number)) & 0xff_ff;
      const candidates = byStart[start];
      if (candidates === undefined) continue;
      for (const form of candidates)
        if (bytes.subarray(end - 1, end - 1 + form.bytes.length).equals(form.bytes)) found.add(form.what);
    }
    return secrets.filter(({ what }) => found.has(what)).map(({ what }) => `${what} in ${where}`);
  };
};
