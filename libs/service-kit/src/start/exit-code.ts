import type { Service } from '@ankasecure/contracts';
import { services } from '@ankasecure/contracts';

interface ExitCode {
  /** The number is that of sysexits.h with the nearest meaning. */
  readonly code: number;
  readonly services: readonly Service[];
  readonly cause: string;
  readonly remedy: string;
}

const worker = ['crypto-worker'] as const;

/** The exit codes of a service and of its `migrate`. exit-codes.md shows this table. */
export const exitCodes = {
  stopped: { code: 0, services, cause: 'It was asked to stop, and has stopped.', remedy: 'None.' },
  other: {
    code: 1,
    services,
    cause: 'Anything that has no row here.',
    remedy: 'The sentence on standard error says what failed.',
  },
  file: {
    code: 66,
    services,
    cause: 'A certificate, key, CA or JWK Set file is missing, cannot be read or is not what it should be.',
    remedy: 'Correct the file that the sentence names.',
  },
  bus: {
    code: 68,
    services,
    cause:
      'NATS did not answer in time (`start.patience-seconds`), its certificate is not of the CA in `nats.ca-file`, or it refuses the nkey.',
    remedy: 'Check `nats.servers`, the CA file and the nkey. A supervisor may restart the process.',
  },
  database: {
    code: 69,
    services,
    cause:
      'PostgreSQL did not answer in time (`start.patience-seconds`), its certificate is not of the CA in `database.ca-file`, it refuses the login, or the database is not there, is another service’s or was not migrated.',
    remedy: 'Check the settings that the sentence names. A supervisor may restart the process.',
  },
  hsmLost: {
    code: 70,
    services: worker,
    cause: 'The HSM’s library failed and cannot be used again in the same process.',
    remedy: 'Let a supervisor restart the process.',
  },
  port: {
    code: 71,
    services,
    cause: 'A port is taken, the process may not open it, or its host is not an address of this machine.',
    remedy: 'Stop the other process, or change the port or the host in `observability` or `http`.',
  },
  hsm: {
    code: 72,
    services: worker,
    cause:
      'The PKCS#11 library is missing or is not one, the profile is unknown, or the token is that of another partition.',
    remedy: 'Correct the section `hsm`.',
  },
  pin: {
    code: 77,
    services: worker,
    cause:
      'The HSM refuses the PIN, or has refused it before. A refused PIN is tried once, however often the worker starts.',
    remedy:
      'Correct the PIN. If the token has this PIN by now, delete the rows of the partition in the table `refused_pin` of `ankadb_keys`.',
  },
  configuration: {
    code: 78,
    services,
    cause: 'The configuration file or a secret file is missing or wrong.',
    remedy: 'Correct the keys or the file that the sentence names. No PIN was tried.',
  },
} as const satisfies Readonly<Record<string, ExitCode>>;

export type ExitReason = keyof typeof exitCodes;

/** Why a service does not start. The message is one sentence for the operator, and names no secret. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';

  constructor(
    readonly reason: ExitReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Runs a step of the start. What it throws becomes a `StartFailure`, unless it is one. */
export const failingAs = <Value>(reason: ExitReason, step: () => Value): Value => {
  try {
    return step();
  } catch (error) {
    throw asStartFailure(reason, error);
  }
};

export const asStartFailure = (reason: ExitReason, error: unknown): StartFailure =>
  error instanceof StartFailure
    ? error
    : new StartFailure(reason, error instanceof Error ? error.message : String(error), { cause: error });

export const exitCodeOf = (error: unknown): number =>
  exitCodes[error instanceof StartFailure ? error.reason : 'other'].code;

/** Opens a port. @throws StartFailure if it is taken or may not be opened */
export const openingPort = async <Value>(key: string, port: number, open: () => Promise<Value>): Promise<Value> => {
  try {
    return await open();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const options = { cause: error };
    if (unresolved.includes(code))
      throw new StartFailure('port', `${key.replace(/port$/, 'host')} is a name without an address (${code})`, options);
    const what = portFaults[code];
    if (what === undefined) throw error;
    throw new StartFailure('port', `port ${port} (${key}) ${what}`, options);
  }
};

/** The codes of a host name that cannot be resolved. */
const unresolved: readonly string[] = ['ENOTFOUND', 'EAI_AGAIN'];

const portFaults: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another process',
  EACCES: 'may not be opened by this user',
  EADDRNOTAVAIL: 'is on an address that this machine does not have',
};
