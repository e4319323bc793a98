/** What stops the local stack: one sentence for the person at the terminal, saying what is wrong and what to do. */
export class LocalError extends Error {
  override readonly name = 'LocalError';
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
