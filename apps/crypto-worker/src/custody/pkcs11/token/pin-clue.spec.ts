import { describe, expect, it } from 'vitest';
import { pinClue } from './pin-clue.js';

/** A right PIN, which no sentence may hold. */
const pins = ['4711', 'correct-horse', 'CU_user:S3cret', 'pa ss', 'x"y', '0000'];
const ordinary = /no quotation mark at an end/;

const spoilt: Readonly<Record<string, readonly [(pin: string) => string, RegExp]>> = {
  'double quotes': [(pin) => `"${pin}"`, /quotation mark/],
  'single quotes': [(pin) => `'${pin}'`, /quotation mark/],
  'an opening quote only': [(pin) => `"${pin}`, /quotation mark/],
  'typographic quotes': [(pin) => `“${pin}”`, /quotation mark/],
  'a grave accent': [(pin) => `\`${pin}\``, /quotation mark/],
  'a blank before': [(pin) => ` ${pin}`, /a blank/],
  'a blank behind': [(pin) => `${pin} `, /a blank/],
  'a no-break space': [(pin) => `${pin}\u00A0`, /no editor shows/],
  'a zero-width space': [(pin) => `${pin.slice(0, 2)}\u200B${pin.slice(2)}`, /no editor shows/],
  'a byte order mark inside': [(pin) => `${pin}\uFEFF`, /no editor shows/],
  'a soft hyphen': [(pin) => `${pin}\u00AD`, /no editor shows/],
  'a mark of direction': [(pin) => `\u202A${pin}\u202C`, /no editor shows/],
  'a Hangul filler': [(pin) => `${pin}\u3164`, /no editor shows/],
  'a tag character': [(pin) => `${pin}\u{E0041}`, /no editor shows/],
  'a written line break': [(pin) => `${pin}\\n`, /backslash/],
  'a replacement character': [(pin) => `${pin}\uFFFD`, /another encoding/],
  umlauts: [(pin) => `${pin}ü`, /outside ASCII/],
};

describe('what is said of a refused PIN', () => {
  const cases = Object.entries(spoilt).flatMap(([name, [spoil, says]]) =>
    pins.map((pin) => [name, pin, spoil(pin), says] as const),
  );
  it.each(cases)('names %s of %s, and shows nothing of it', (_, pin, given, says) => {
    expect(pinClue(given)).toMatch(says);
    expect(pinClue(given)).not.toMatch(ordinary);
    for (const shown of [pin, given]) expect(pinClue(given)).not.toContain(shown);
    expect(pinClue(given)).toMatch(/^[\x20-\x7e]+$/);
  });

  it.each(pins)('says of %s that its form is ordinary, and the same of each other', (pin) => {
    expect(pinClue(pin)).toMatch(ordinary);
    expect(pinClue(pin)).toBe(pinClue(pins[0] ?? ''));
  });

  it('names every fault at once', () => {
    expect(pinClue('" a\u200Bb"')).toMatch(/quotation mark.* and it .*no editor shows/);
  });
});
