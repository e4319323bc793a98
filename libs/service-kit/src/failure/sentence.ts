/** An error's message. An error of several connection attempts has none, and those of its attempts are taken. */
export const sentenceOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(sentenceOf).join(', ');
  const { message } = error as Error;
  return message === '' ? String((error as NodeJS.ErrnoException).code ?? 'no reason given') : message;
};
