import { setTimeout as delay } from 'node:timers/promises';
import type { Logger, Parts, ServiceConfig } from '@ankasecure/service-kit';
import { Histogram } from 'prom-client';
import type { Custody } from './custody.js';
import { CustodyByKind } from './custody-by-kind.js';
import type { Partition } from './partition.js';
import { PinRefused } from './pkcs11/pkcs11-custody.js';
import { openBothCustodies } from './pkcs11/wrapped-custody.js';
import { SoftwareCustody } from './software/software-custody.js';
import { takingTurns, WriterTurn } from './writer-turn.js';

export const CUSTODY = Symbol('custody');

/** Between tries to open the token at start, in milliseconds. */
const pausesMs = [50, 100, 200, 400] as const;

/** Exit code when the module cannot be saved from inside: the supervisor starts a fresh process. */
const hsmLost = 70;

/**
 * A refused PIN is never tried again, not even by a supervisor that starts the process anew, since tries in a loop lock the
 * token: the process stays, alive and started and not ready, until a person has mended the configuration and restarts it.
 */
const waitForAPerson = ({ log, health }: Parts<ServiceConfig>, refusal: PinRefused): Promise<never> => {
  log.fatal(
    { alarm: 'pin-refused', reason: refusal.message },
    'the HSM refused the PIN: correct it, then restart the worker',
  );
  health.register('hsm', () => {
    throw refusal;
  });
  health.markStarted();
  return new Promise(() => undefined);
};

/** A token that another process is just writing to may not be readable for an instant; what stays wrong is wrong. */
const openPatiently = async <Opened>(open: () => Promise<Opened>, log: Logger): Promise<Opened> => {
  for (const pauseMs of pausesMs) {
    try {
      return await open();
    } catch (error) {
      if (error instanceof PinRefused) throw error;
      log.warn({ reason: (error as Error).message }, 'the HSM did not open; trying again');
      await delay(pauseMs);
    }
  }
  return open();
};

/** Opens the token this process serves; start-up fails with one clear sentence when it cannot. */
export const openCustody = async (parts: Parts<ServiceConfig>, partition: Partition): Promise<Custody> => {
  const { config, log, health } = parts;
  const seconds = new Histogram({
    name: 'ankasecure_pkcs11_seconds',
    help: 'Time of jobs inside a lane',
    labelNames: ['call', 'ok'],
    buckets: [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5],
    registers: [health.registry],
  });
  const options = {
    observer: {
      call: (call: string, micros: number, ok: boolean) => seconds.observe({ call, ok: String(ok) }, micros / 1e6),
    },
    onFatal: (reason: string) => {
      log.fatal({ reason }, 'the HSM module is beyond repair in this process');
      process.exit(hsmLost);
    },
  };
  const place = { ...partition.hsm, partition: partition.name };
  const both = await openPatiently(() => openBothCustodies(place, log, options), log).catch((error: unknown) => {
    if (error instanceof PinRefused) return waitForAPerson(parts, error);
    throw error;
  });
  health.register('hsm', () => {
    if (!both.token.healthy()) throw new Error('the HSM does not answer');
  });
  // Wrapped keys are no objects of the token: making them needs no turn.
  const token = takingTurns(both.token, () => new WriterTurn(config.database, partition.name, log));
  return new CustodyByKind(token, both.wrapped, new SoftwareCustody(both.vault));
};
