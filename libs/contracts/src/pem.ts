/** One encoded object: its label, and its base64 with the line breaks. */
export interface PemBlock {
  readonly label: string;
  readonly base64: string;
}

const block = /^[ \t]*-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END \1-----/gm;
const boundary = /^[ \t]*-----BEGIN /gm;

/** Tells whether the text has a PEM object, or the beginning of one. Explanatory text may precede it (RFC 7468 §2). */
export const isPem = (text: string): boolean => text.search(boundary) >= 0;

/**
 * The one object in a PEM text. The text before and after it is not read (RFC 7468 §2).
 * @returns undefined if there are none or several, or one whose contents are not base64
 */
export const onePemBlock = (text: string): PemBlock | undefined => {
  if ((text.match(boundary) ?? []).length !== 1) return undefined;
  const [found] = text.matchAll(block);
  return found && { label: found[1] ?? '', base64: found[2] ?? '' };
};

/**
 * All objects in a PEM text, in their order. What stands around them is not read (RFC 7468 §2).
 * @returns undefined if there are none, or one whose contents are not base64
 */
export const pemBlocks = (text: string): readonly PemBlock[] | undefined => {
  const found = [...text.matchAll(block)].map(([, label = '', base64 = '']) => ({ label, base64 }));
  return found.length > 0 && found.length === text.match(boundary)?.length ? found : undefined;
};
