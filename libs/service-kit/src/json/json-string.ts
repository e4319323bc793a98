const backslash = 0x5c;

/** Whether an odd number of backslashes stands before `at`. */
const isEscaped = (text: string, at: number): boolean => {
  let before = at - 1;
  while (text.charCodeAt(before) === backslash) before--;
  return (at - before) % 2 === 0;
};

/**
 * The closing quote of the string that begins at `start`; -1 if there is none. Long strings cost one search, not a look at each
 * character.
 */
export const closingQuote = (text: string, start: number): number => {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
};
