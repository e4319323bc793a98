import { objectClassOf } from '../kind/kinds.js';
import type { SelfTestAlg } from '../kind/self-test.js';
import { unpackObject } from '../session/locator.js';
import type { TokenSession } from '../session/token-session.js';
import { tryEach } from './self-test.js';
import { subjectOfKey } from './self-test-subject.js';

/**
 * Tries each algorithm on an object of the token, which is found and checked as at its first use. The parts are the locator, the
 * SPKI of a pair (empty for a secret key), and `SelfTestAlg[]` as JSON.
 * @returns a `SelfTestResult` as JSON
 * @throws KeyMissing, ObjectRefused
 */
export const tryKey = (session: TokenSession, _variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [locator, spki, json] = parts as [Buffer, Buffer, Buffer];
  const { shape } = unpackObject(locator).expected;
  const algs = JSON.parse(json.toString()) as readonly SelfTestAlg[];
  const publicHalf = spki.length > 0 ? Buffer.from(spki) : null;
  const find = () => session.key(objectClassOf(shape), locator);
  find();
  const { result } = tryEach(session, { shape, algs }, () => subjectOfKey(session, shape, find(), publicHalf));
  return [Buffer.from(JSON.stringify(result))];
};
