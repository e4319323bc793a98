import { AnkaError, type Context, type DoctorReport, monotonicNow } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { RefusedPins } from '../custody/assembly/refused-pins.js';
import { Custody } from '../custody/custody.js';
import { Partition } from '../custody/partition.js';
import type { Examination } from '../doctor/examination.js';
import { examine, hasRefusedPin } from '../doctor/examine.js';
import { examineApart } from '../doctor/examine-apart.js';
import { alone } from '../doctor/turns.js';
import { TestTurn } from './test-turn.js';

/** For so long a survey answers who asks again, in milliseconds. */
const surveyAgeMs = 10_000;
/** The time that is kept at the end of a test to clear up and to answer, in milliseconds. */
const farewellMs = 15_000;
/** The longest time of one call, in seconds. */
const longestCallSeconds = 30;

const quietly = { progress: () => undefined, stop: new AbortController().signal, inTurn: alone };

/** Looks at the token of this partition, and tests it, with the program of `hsm doctor`. */
@Injectable()
export class ExamineHsm {
  private survey: { until: number; readonly report: Promise<DoctorReport> } | undefined;

  constructor(
    private readonly partition: Partition,
    private readonly turn: TestTurn,
    private readonly custody: Custody,
    private readonly refused: RefusedPins,
  ) {}

  /** Looks at the library and its token, without a login. Callers that ask at once share one look. */
  look(): Promise<DoctorReport> {
    if (this.survey === undefined || monotonicNow() > this.survey.until) {
      const examination = { ...this.examination(true), withoutLogin: true };
      const report = examine(examination, quietly).finally(() => {
        survey.until = monotonicNow() + surveyAgeMs;
      });
      // A look at a library that hangs takes long: all who ask meanwhile share it.
      const survey = { until: Number.POSITIVE_INFINITY, report };
      this.survey = survey;
    }
    return this.survey.report;
  }

  /**
   * Makes, uses and destroys a key of everything that the token promises, until the request's time is nearly over. What was not
   * tried is `skipped` in the report. A test logs in, so it is not made with a PIN that the token may refuse: each try counts.
   * @throws AnkaError `quota-exceeded`, `hsm-unavailable` while this worker has no login or its PIN was refused, or `hsm-error` if
   * there is no report
   */
  async test({ deadline }: Context, quick: boolean): Promise<DoctorReport> {
    if (!this.custody.healthy()) throw new AnkaError('hsm-unavailable', 'The worker has no login at the HSM to test.');
    const at = await this.refused.refusedAt();
    if (at !== undefined)
      throw new AnkaError(
        'hsm-unavailable',
        `The HSM refused the PIN at ${at} UTC, so it is not tried. Correct the PIN.`,
      );
    const report = await this.turn.take(async (keeper) => {
      const stopAfterMs = Math.max(0, deadline - monotonicNow() - farewellMs);
      const tested = await examineApart(this.examination(quick), { ...keeper, stopAfterMs });
      // Before the turn ends: another self-test would spend another try.
      if (tested !== undefined && hasRefusedPin(tested)) await this.refused.note();
      return tested;
    });
    if (report !== undefined) return report;
    throw new AnkaError('hsm-error', 'The self-test ended without a report. Run hsm doctor where the worker runs.');
  }

  private examination(quick: boolean): Examination {
    const { name, hsm } = this.partition;
    const limitSeconds = Math.min(hsm.sessionTimeoutSeconds, longestCallSeconds);
    return { partition: name, hsm, withoutLogin: false, logInAnyway: false, quick, only: [], limitSeconds };
  }
}
