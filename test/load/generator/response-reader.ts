export interface Response {
  readonly status: number;
  /** The head in lower case, from the status line to the last header. */
  readonly head: string;
  readonly body: string | null;
  /** Whether an item of a batch failed. */
  readonly itemFailed: boolean;
}

const endOfHead = Buffer.from('\r\n\r\n');
const lastChunk = Buffer.from('0\r\n\r\n');
const itemError = Buffer.from('"error":{');

/** The value of header `name` in a lower-case head, or undefined if it is absent. */
export const headerOf = (head: string, name: string): string | undefined => {
  const start = head.indexOf(`\r\n${name}: `);
  if (start < 0) return undefined;
  const from = start + name.length + 4;
  const end = head.indexOf('\r\n', from);
  return head.slice(from, end < 0 ? undefined : end);
};

/** The duration of `key;dur=1.234` in a Server-Timing value, in milliseconds. */
export const durationOf = (timing: string, key: string): number | undefined => {
  const start = timing.indexOf(`${key};dur=`);
  return start < 0 ? undefined : Number.parseFloat(timing.slice(start + key.length + 5));
};

/**
 * Reads consecutive answers from a keep-alive connection. It supports the part of HTTP/1.1 that JSON servers use, with a
 * length or in chunks. Bodies are counted and not kept unless requested, because a load generator must be cheap.
 */
export class ResponseReader {
  #head: string | null = null;
  #partial: Buffer | null = null;
  #left = 0;
  #chunked = false;
  #itemFailed = false;
  #kept: Buffer[] | null = null;

  /** Call this before the request whose answer's body is needed. */
  keepNext(): void {
    this.#kept = [];
  }

  /** @returns the answer if `chunk` completed it. The chunk may be overwritten afterwards */
  feed(chunk: Buffer): Response | null {
    if (this.#head !== null) return this.#body(chunk);
    const bytes = this.#partial === null ? chunk : Buffer.concat([this.#partial, chunk]);
    const end = bytes.indexOf(endOfHead);
    if (end < 0) {
      this.#partial = Buffer.from(bytes);
      return null;
    }
    this.#partial = null;
    this.#head = bytes.toString('latin1', 0, end).toLowerCase();
    this.#chunked = headerOf(this.#head, 'transfer-encoding') === 'chunked';
    this.#left = Number(headerOf(this.#head, 'content-length') ?? 0);
    return this.#body(bytes.subarray(end + endOfHead.length));
  }

  #body(bytes: Buffer): Response | null {
    this.#itemFailed ||= bytes.includes(itemError);
    this.#kept?.push(Buffer.from(bytes));
    this.#left -= bytes.length;
    const done = this.#chunked ? bytes.subarray(-lastChunk.length).equals(lastChunk) : this.#left <= 0;
    return done ? this.#finish() : null;
  }

  #finish(): Response {
    const head = this.#head ?? '';
    const kept = this.#kept === null ? null : Buffer.concat(this.#kept);
    const body = kept === null ? null : (this.#chunked ? dechunk(kept) : kept).toString();
    const response = { status: Number(head.slice(9, 12)), head, body, itemFailed: this.#itemFailed };
    this.#head = null;
    this.#kept = null;
    this.#itemFailed = false;
    return response;
  }
}

const dechunk = (bytes: Buffer): Buffer => {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, end), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
};
