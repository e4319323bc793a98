import type { Outcome } from '../connector.js';
import { NoAnswer } from './connection-fault.js';
import type { HttpAnswer, HttpRequest, HttpSender } from './http-sender.js';

/** Sends a request and classifies its answer. */
export const exchange = async <Result = Outcome>(
  sender: HttpSender,
  request: HttpRequest,
  signal: AbortSignal,
  classify: (answer: HttpAnswer) => Result | Promise<Result>,
): Promise<Result | Outcome> => {
  try {
    return await classify(await sender.post(request, signal));
  } catch (error) {
    if (error instanceof NoAnswer) return { result: error.result, reason: error.message };
    throw error;
  }
};

/** Reads JSON. @returns undefined for anything else */
export const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** An answer in a few words, for its owner. */
export const wordsOf = ({ status, text }: HttpAnswer): string => {
  const words = text.replaceAll(/\s+/g, ' ').trim().slice(0, 300);
  return words === '' ? `HTTP ${status}` : `HTTP ${status}: ${words}`;
};
