/** What a PIN that the token refused looks like, without a character of it. A token may have such a PIN, so none is refused for it. */
interface Clue {
  readonly form: RegExp;
  /** What completes "the PIN …". */
  readonly says: string;
}

const quotes = '"\'`“”„‘’‚«»‹›';

const clues: readonly Clue[] = [
  {
    form: new RegExp(`^[${quotes}]|[${quotes}]$`, 'u'),
    says: 'begins or ends with a quotation mark, which is part of it',
  },
  { form: /^ | $/, says: 'begins or ends with a blank, which is part of it' },
  {
    form: /[\p{Cf}\p{Co}\p{Cn}\u00AD\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u3164\uFE00-\uFE0F\uFFA0]|(?! )\p{Zs}/u,
    says: 'holds a character that no editor shows, such as a zero-width or a no-break space',
  },
  { form: /\uFFFD/, says: 'holds a replacement character, so its file was in another encoding than UTF-8' },
  { form: /\\[nrt0]$|\\$/, says: 'ends with a backslash sequence, which is not a line break here' },
  { form: /[^\p{ASCII}]/u, says: 'has characters outside ASCII' },
];

const nothing =
  'the PIN has no quotation mark at an end, no blank at an end and no invisible character, and a line break at the end of a secret file is not part of it';

/** What to look at in a PIN that was refused, in one clause that begins with "the PIN". */
export const pinClue = (pin: string): string => {
  const seen = clues.filter(({ form }) => form.test(pin)).map(({ says }) => says);
  return seen.length === 0 ? nothing : `the PIN ${seen.join(', and it ')}`;
};
