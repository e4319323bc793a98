import type { KeyShape } from '../job/key-shape.js';
import { useOf } from '../kind/kinds.js';
import type { SelfTestAlg, Subject } from '../kind/self-test.js';
import type { TokenSession } from '../session/token-session.js';
import { mendsSession, type SelfTestFailure, selfTestFailure } from './self-test-failure.js';
import { makeSubject, makeWrappedSubject } from './self-test-subject.js';

/** The only part of a `self-test` job, as JSON. */
export interface SelfTestSpec {
  readonly shape: KeyShape;
  readonly algs: readonly SelfTestAlg[];
  /** Tests a key that was wrapped and unwrapped before. */
  readonly wrapped?: boolean | undefined;
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
  const { result, subject } = tryEach(session, spec, () => subjectOf(session, spec.shape));
  if (subject) session.destroyObject(subject.key);
  return [Buffer.from(JSON.stringify(result))];
};
