import { setTimeout as delay } from 'node:timers/promises';
import {
  DatabaseConfig,
  exitCodes,
  Health,
  isTraced,
  Logger,
  RetriedFailure,
  rejectedRecords,
  StartFailure,
  settingSource,
} from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Histogram } from 'prom-client';
import type { Custody } from '../custody.js';
import { Partition } from '../partition.js';
import { mayPass, PinRefused, PinUnfit, type Pkcs11Options, probeToken } from '../pkcs11/pkcs11-custody.js';
import { pinClue } from '../pkcs11/token/pin-clue.js';
import { type BothCustodies, openBothCustodies } from '../pkcs11/wrapped-custody.js';
import { SoftwareCustody } from '../software/software-custody.js';
import { CustodyByKind } from './custody-by-kind.js';
import { RefusedPins } from './refused-pins.js';
import { traceJobs } from './trace-job.js';
import { takingTurns, WriterTurn } from './writer-turn.js';

/** The pause between two attempts to open the token at start, in milliseconds. It doubles from the first to the most. */
const pausesMs = { first: 50, most: 1_000 };

/** Opens the token that this process serves, and reports its health and the time of its calls. */
@Injectable()
export class OpenCustody {
  constructor(
    private readonly database: DatabaseConfig,
    private readonly partition: Partition,
    private readonly log: Logger,
    private readonly health: Health,
    private readonly refused: RefusedPins,
  ) {}

  /**
   * Waits for a token that does not answer, alive and not ready.
   * @throws StartFailure with one clear sentence if the configuration is wrong or the PIN is refused
   */
  async open(): Promise<Custody> {
    this.health.register('hsm', () => {
      throw new Error('the HSM is not open yet');
    });
    const { token, wrapped, vault } = await this.openOrWait(this.options());
    this.health.register('hsm', () => {
      if (!token.healthy()) throw new Error('the HSM does not answer');
    });
    // Wrapped keys are not objects of the token, so making them needs no turn.
    const turns = takingTurns(token, () => new WriterTurn(this.database, this.partition.name, this.log));
    return new CustodyByKind(turns, wrapped, new SoftwareCustody(vault));
  }

  private options(): Pkcs11Options {
    const seconds = new Histogram({
      name: 'ankasecure_pkcs11_seconds',
      help: 'Time that jobs spend in a lane',
      labelNames: ['call', 'ok'],
      buckets: [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5],
      registers: [this.health.registry],
    });
    const rejected = rejectedRecords(this.health.registry);
    return {
      observer: {
        call: (call, micros, ok) => seconds.observe({ call, ok: String(ok) }, micros / 1e6),
        refused: (kind, reason) => rejected.inc({ kind, reason }),
        ...(isTraced() && { trace: traceJobs(this.partition.name) }),
      },
      onFatal: (reason) => {
        this.log.fatal({ reason }, 'the HSM module cannot recover in this process');
        process.exit(exitCodes.hsmLost.code);
      },
    };
  }

  private async openOrWait(options: Pkcs11Options): Promise<BothCustodies> {
    await this.assertUntried();
    try {
      return await this.openPatiently(options);
    } catch (error) {
      if (error instanceof PinRefused) throw await this.refusedPin(error);
      const { message } = error as Error;
      const { name, hsm } = this.partition;
      if (error instanceof PinUnfit)
        throw new StartFailure('configuration', `the HSM of the partition ${name}: ${message}`, { cause: error });
      const sentence = `the HSM of the partition ${name} cannot be opened with ${hsm.libraryPath}: ${message}`;
      throw new StartFailure('hsm', sentence, { cause: error });
    }
  }

  /** @throws StartFailure if the token has refused this PIN before: another attempt may lock it */
  private async assertUntried(): Promise<void> {
    const at = await this.refused.refusedAt();
    if (at === undefined) return;
    throw new StartFailure(
      'pin',
      `the HSM of the partition ${this.partition.name} refused this PIN at ${at} UTC, so it was not tried again: correct ${this.pinPlace()}, or delete the partition's rows of the table refused_pin if the token has this PIN now; ${pinClue(this.partition.hsm.pin)}`,
    );
  }

  /**
   * Tries until the token opens. A separate process looks for the token first, because a call that hangs would stop this
   * process, and its probes with it.
   */
  private async openPatiently(options: Pkcs11Options): Promise<BothCustodies> {
    const place = { ...this.partition.hsm, partition: this.partition.name };
    const lines = { failed: 'cannot open the HSM; trying again', over: 'the HSM is open' };
    const failure = new RetriedFailure(this.log, lines);
    for (let pauseMs = pausesMs.first; ; pauseMs = Math.min(2 * pauseMs, pausesMs.most)) {
      try {
        if ((await probeToken(place)) !== 'hangs') {
          const custodies = await openBothCustodies(place, this.log, options);
          failure.succeeded();
          return custodies;
        }
        failure.failed(new Error(`the library ${place.libraryPath} does not answer`));
      } catch (error) {
        if (!mayPass(error)) throw error;
        failure.failed(error as Error);
      }
      await delay(pauseMs);
    }
  }

  /** The key of the PIN, and where its value comes from. */
  private pinPlace(): string {
    const { name } = this.partition;
    const path = ['hsm', ...(name === 'default' ? ['pkcs11'] : ['partitions', name]), 'pin'];
    return `${path.join('.')}, which is read from ${settingSource(path)}`;
  }

  /** Remembers the PIN, so that no supervisor's restart tries it again: repeated attempts lock the token. */
  private async refusedPin(refusal: PinRefused): Promise<StartFailure> {
    this.log.fatal({ alarm: 'pin-refused', reason: refusal.message }, 'the HSM refused the PIN: correct it');
    await this.refused.note();
    const told = [refusal.code, ...(refusal.tries === undefined ? [] : [refusal.tries])].join('; ');
    return new StartFailure(
      'pin',
      `the HSM of the partition ${this.partition.name} refused the PIN (${told}). It is not tried again: correct ${this.pinPlace()}, then start the worker; ${pinClue(this.partition.hsm.pin)}`,
      { cause: refusal },
    );
  }
}
