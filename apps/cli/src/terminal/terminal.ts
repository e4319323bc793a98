/** What a command has of the world. Tests give another one. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: AsyncIterable<Uint8Array | string> & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
}

export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string | Uint8Array): unknown;
}

/** Whether an output shows colours: a terminal that is not asked not to (no-color.org). */
export const hasColour = ({ env }: Terminal, { isTTY }: Output): boolean =>
  isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';

const paint =
  (code: number) =>
  (text: string, isShown: boolean): string =>
    isShown ? `\u001b[${code}m${text}\u001b[0m` : text;

export const bold = paint(1);
export const red = paint(31);
