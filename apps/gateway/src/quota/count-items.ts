const [quote, backslash, comma, space] = [0x22, 0x5c, 0x2c, 0x20];
const opening: readonly (number | undefined)[] = [0x5b, 0x7b];
const closing: readonly (number | undefined)[] = [0x5d, 0x7d];
const [openArray] = opening;

/** No body that a worker accepts has lists deeper: `items`, and the `keys` or `signatures` of an item. */
const mostDepth = 8;

/** The place of the quote that ends the string which begins at `start`, or the end of the body. */
const endOfString = (body: Buffer, start: number): number => {
  for (let end = body.indexOf(quote, start + 1); end >= 0; end = body.indexOf(quote, end + 1)) {
    let escapes = 0;
    while (body[end - 1 - escapes] === backslash) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return body.length;
};

/**
 * Counts the operations that a body asks for, in one pass and without parsing: one, and one more for each further element of any
 * list in the top-level object. So a batch counts its items, and an item with several keys or signatures each of them. The worker
 * refuses a body with other lists, so their names need not be read. Lists at a depth that no body has are not counted.
 */
export const countItems = (body: Buffer): number => {
  let [depth, most] = [0, 1];
  /** By depth, whether a list is open there. */
  const lists: boolean[] = [];
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] ?? space;
    if (byte === quote) at = endOfString(body, at);
    else if (byte === comma && depth > 1 && lists[depth] === true) most++;
    else if (closing.includes(byte)) depth--;
    else if (opening.includes(byte)) {
      depth++;
      if (depth >= 0 && depth <= mostDepth) lists[depth] = byte === openArray;
    }
  }
  return most;
};
