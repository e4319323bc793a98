import type { ItemOutcome, Outcome } from '../connector.js';
import { NoAnswer } from './connection-fault.js';
import { hiding } from './credential.js';
import type { HttpAnswer, HttpRequest, HttpSender } from './http-sender.js';

/** The longest reason that is kept, in characters. */
const mostWords = 400;

/** Sends a request and classifies its answer. No reason shows a credential of the request, whatever the answer holds. */
export const exchange = async <Result = Outcome>(
  sender: HttpSender,
  request: HttpRequest,
  signal: AbortSignal,
  classify: (answer: HttpAnswer) => Result | Promise<Result>,
): Promise<Result | Outcome> => {
  try {
    return discreet(await classify(await sender.post(request, signal)), request);
  } catch (error) {
    if (error instanceof NoAnswer) return { result: error.result, reason: error.message };
    throw error;
  }
};

/** The same result, with the credentials of the request taken out of its reasons. */
const discreet = <Result>(result: Result, request: HttpRequest): Result => {
  if (typeof result !== 'object' || result === null) return result;
  const hide = hiding(request);
  const shown = <Told extends object>(told: Told): Told =>
    'reason' in told ? { ...told, reason: hide(String(told.reason)).slice(0, mostWords) } : told;
  return 'items' in result ? { ...result, items: (result.items as readonly ItemOutcome[]).map(shown) } : shown(result);
};

/** Reads JSON. @returns undefined for anything else */
export const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** An answer in words, for its owner. */
export const wordsOf = ({ status, text }: HttpAnswer): string =>
  text.trim() === '' ? `HTTP ${status}` : `HTTP ${status}: ${text}`;
