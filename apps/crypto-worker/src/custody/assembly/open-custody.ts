import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseConfig, Health, isTraced, Logger, rejectedRecords } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Histogram, Registry } from 'prom-client';
import type { Custody } from '../custody.js';
import { Partition } from '../partition.js';
import { mayPass, PinRefused, type Pkcs11Options, probeToken } from '../pkcs11/pkcs11-custody.js';
import { type BothCustodies, openBothCustodies } from '../pkcs11/wrapped-custody.js';
import { SoftwareCustody } from '../software/software-custody.js';
import { CustodyByKind } from './custody-by-kind.js';
import { traceJobs } from './trace-job.js';
import { takingTurns, WriterTurn } from './writer-turn.js';

/** The pause between two attempts to open the token at start, in milliseconds. It doubles from the first to the most. */
const pausesMs = { first: 50, most: 1_000 };

/** The exit code if the module cannot be repaired inside this process. The supervisor starts a new process. */
const hsmLost = 70;

/** Opens the token that this process serves, and reports its health and the time of its calls. */
@Injectable()
export class OpenCustody {
  constructor(
    private readonly database: DatabaseConfig,
    private readonly partition: Partition,
    private readonly log: Logger,
    private readonly health: Health,
    private readonly registry: Registry,
  ) {}

  /**
   * Waits for a token that does not answer, alive and not ready. Start-up fails with one clear sentence if the configuration is
   * wrong.
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
      registers: [this.registry],
    });
    const rejected = rejectedRecords(this.registry);
    return {
      observer: {
        call: (call, micros, ok) => seconds.observe({ call, ok: String(ok) }, micros / 1e6),
        refused: (kind, reason) => rejected.inc({ kind, reason }),
        ...(isTraced() && { trace: traceJobs(this.partition.name) }),
      },
      onFatal: (reason) => {
        this.log.fatal({ reason }, 'the HSM module cannot recover in this process');
        process.exit(hsmLost);
      },
    };
  }

  private async openOrWait(options: Pkcs11Options): Promise<BothCustodies> {
    try {
      return await this.openPatiently(options);
    } catch (error) {
      if (error instanceof PinRefused) return this.waitForAPerson(error);
      throw error;
    }
  }

  /**
   * Tries until the token opens. A separate process looks for the token first, because a call that hangs would stop this
   * process, and its probes with it.
   */
  private async openPatiently(options: Pkcs11Options): Promise<BothCustodies> {
    const place = { ...this.partition.hsm, partition: this.partition.name };
    for (let pauseMs = pausesMs.first; ; pauseMs = Math.min(2 * pauseMs, pausesMs.most)) {
      try {
        if ((await probeToken(place)) !== 'hangs') return await openBothCustodies(place, this.log, options);
        this.log.warn({ libraryPath: place.libraryPath }, 'the HSM library does not answer; trying again');
      } catch (error) {
        if (!mayPass(error)) throw error;
        this.log.warn({ reason: (error as Error).message }, 'cannot open the HSM; trying again');
      }
      await delay(pauseMs);
    }
  }

  /**
   * Waits for an operator. A refused PIN is never tried again, not even by a supervisor that restarts the process, because
   * repeated attempts lock the token. The process stays alive, started and not ready, until an operator corrects the
   * configuration and restarts it.
   */
  private waitForAPerson(refusal: PinRefused): Promise<never> {
    this.log.fatal(
      { alarm: 'pin-refused', reason: refusal.message },
      'the HSM refused the PIN: correct the PIN, then restart the worker',
    );
    this.health.register('hsm', () => {
      throw refusal;
    });
    this.health.markStarted();
    return new Promise(() => undefined);
  }
}
