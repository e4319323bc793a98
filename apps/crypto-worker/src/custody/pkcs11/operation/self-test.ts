import type { KeyShape } from '../job/key-shape.js';
import { objectClassOf, useOf } from '../kind/kinds.js';
import type { SelfTestAlg, Subject } from '../kind/self-test.js';
import type { Profile } from '../profile/profile.js';
import { unpackObject } from '../session/locator.js';
import type { TokenSession } from '../session/token-session.js';
import { mendsSession, type SelfTestFailure, selfTestFailure } from './self-test-failure.js';
import { makeSubject, makeWrappedSubject, subjectOfKey } from './self-test-subject.js';

/** The only part of a `self-test` job, as JSON. */
export interface SelfTestSpec {
  readonly shape: KeyShape;
  readonly algs: readonly SelfTestAlg[];
  /** Tests a key that was wrapped and unwrapped before. */
  readonly wrapped?: boolean | undefined;
  /** Another profile to test the token under. */
  readonly profile?: Profile | undefined;
}

/** By algorithm: null if it passed, otherwise the failure. */
export type SelfTestResult = Readonly<Record<string, SelfTestFailure | null>>;

export interface Tried {
  readonly result: SelfTestResult;
  /** The subject that is left; null if the session that had it is closed. */
  readonly subject: Subject | null;
}

/** Tries each algorithm, against node:crypto. After a failure the session is a new one, and the next algorithm has a new subject. */
export const tryEach = (
  session: TokenSession,
  { shape, algs }: Pick<SelfTestSpec, 'shape' | 'algs'>,
  subjectOf: () => Subject,
): Tried => {
  const result: Record<string, SelfTestFailure | null> = {};
  let subject: Subject | null = null;
  for (const test of algs) {
    try {
      subject ??= subjectOf();
      useOf(shape, test.alg).selfTest(session, subject, test);
      result[test.alg] = null;
    } catch (error) {
      if (mendsSession(error, session)) throw error;
      result[test.alg] = selfTestFailure(error, session);
      session.close();
      subject = null;
    }
  }
  return { result, subject };
};

/** Tries each algorithm on a key made for it. */
export const selfTest = (session: TokenSession, _variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [json] = parts as [Buffer];
  const spec = JSON.parse(json.toString()) as SelfTestSpec;
  const subjectOf = spec.wrapped === true ? makeWrappedSubject : makeSubject;
  return session.underProfile(spec.profile ?? session.profile, () => {
    const { result, subject } = tryEach(session, spec, () => subjectOf(session, spec.shape));
    if (subject) session.destroyObject(subject.key);
    return [Buffer.from(JSON.stringify(result))];
  });
};

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
