/** What a terminal may obey, and marks that turn the direction of a text: other people's texts may hold both. */
const anyObeyed = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;
/** As `anyObeyed`, but for what JSON escapes itself or uses between its tokens. */
const beyondJson = /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;
const lineEnds = /\r?\n|\t/g;

/** A text with nothing that a terminal would obey. */
export const shown = (text: string): string => text.replaceAll(anyObeyed, '\ufffd');

/** JSON, or YAML whose texts are in double quotes, with everything escaped that a terminal would obey. */
export const escaped = (json: string): string =>
  json.replaceAll(beyondJson, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Whether `escaped` would change a text. */
export const needsEscape = (text: string): boolean => text.search(beyondJson) >= 0;

/** Whether data are a text (UTF-8) that a terminal only shows. */
export const isPlainText = (data: string | Uint8Array): boolean => {
  try {
    const text = typeof data === 'string' ? data : new TextDecoder('utf-8', { fatal: true }).decode(data);
    return text.replaceAll(lineEnds, '').search(anyObeyed) < 0;
  } catch {
    return false;
  }
};
