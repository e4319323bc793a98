import { AnkaError } from '@ankasecure/contracts';

/** Returns the AnkaError that `work` ends with. Any other ending fails the test. */
export const failureOf = async (work: () => unknown): Promise<AnkaError> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof AnkaError) return error;
    throw error;
  }
  throw new Error('an AnkaError was expected');
};

/** The part of an error that a caller sees. */
export const shown = ({ code, detail, retryable }: AnkaError): string => JSON.stringify({ code, detail, retryable });
