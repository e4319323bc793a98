const [quote, backslash, comma, space] = [0x22, 0x5c, 0x2c, 0x20];
const opening: readonly (number | undefined)[] = [0x5b, 0x7b];
const closing: readonly (number | undefined)[] = [0x5d, 0x7d];
const [openArray] = opening;

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
 * Counts the operations that a body asks for, in one pass and without parsing: the length of the longest list that is a member
 * of the top-level object, at least 1. The worker refuses a body with any list but `items` and `keys`, each of which is used, so the name need not be read.
 */
export const countItems = (body: Buffer): number => {
  let [depth, most, commas, hasItems, inList] = [0, 1, 0, false, false];
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] ?? space;
    if (byte === quote) at = endOfString(body, at);
    if (closing.includes(byte)) {
      if (depth === 2 && inList && hasItems) most = Math.max(most, commas + 1);
      if (depth === 2) inList = false;
      depth--;
    } else if (inList && depth === 2 && byte === comma) commas++;
    else if (inList && byte > space) hasItems = true;
    if (!opening.includes(byte)) continue;
    depth++;
    if (depth === 2) [inList, commas, hasItems] = [byte === openArray, 0, false];
  }
  return most;
};
