/** An error that stops the local stack. Its message is one sentence for the user that says what is wrong and what to do. */
export class LocalError extends Error {
  override readonly name = 'LocalError';
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
