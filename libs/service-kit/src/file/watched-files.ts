import { readFileSync } from 'node:fs';
import { Gauge, type Registry } from 'prom-client';
import type { Logger } from '../logging/logger.js';
import { StartFailure } from '../start/exit-code.js';

/** The interval of the looks, in milliseconds. Mounted files change by a swap of links, which no event reports everywhere. */
const everyMs = 5_000;

/** The value that files hold, and when the first of their certificates ends. */
export interface FileValue<Value> {
  readonly value: Value;
  /** Milliseconds since the epoch. Absent if there is no certificate. */
  readonly expiresAt?: number;
}

interface Kept {
  /** Reads the files again if they have changed, and keeps the last good value. */
  look(): void;
}

/** The last good value of some files. */
export interface Watched<Value> {
  readonly current: Value;
}

/**
 * Files that are read again when they change: every few seconds, and at once on SIGHUP. Files that cannot be used raise an
 * alarm, and the last good ones stay in use. What uses a value takes it at its next connection, so none is dropped.
 */
export class WatchedFiles {
  private readonly kept: Kept[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly expiry: Gauge<'file'>;
  private readonly refused: Gauge<'file'>;

  constructor(
    private readonly log: Logger,
    registry: Registry,
  ) {
    const about = { labelNames: ['file'] as const, registers: [registry] };
    this.expiry = new Gauge({
      name: 'ankasecure_certificate_expiry_timestamp_seconds',
      help: 'When the first certificate of the file in use ends, in seconds since the epoch',
      ...about,
    });
    this.refused = new Gauge({
      name: 'ankasecure_file_refused',
      help: '1 while the file cannot be used and its last good contents stay in use',
      ...about,
    });
  }

  /** Begins to look at the files regularly and on SIGHUP. */
  start(): this {
    this.timer = setInterval(this.look, everyMs);
    this.timer.unref();
    process.on('SIGHUP', this.look);
    return this;
  }

  stop(): void {
    clearInterval(this.timer);
    process.off('SIGHUP', this.look);
  }

  /** Looks at every file now. */
  readonly look = (): void => {
    for (const one of this.kept) one.look();
  };

  /**
   * @param names the files, which belong together: the first names them in metrics
   * @param read gets the contents in the order of `names`. It throws an Error whose message is for the operator
   * @param changed gets each later value
   * @throws StartFailure if the files cannot be used now
   */
  watch<Value>(
    names: readonly [string, ...string[]],
    read: (contents: readonly Buffer[]) => FileValue<Value>,
    changed: (value: Value) => void = () => undefined,
  ): Watched<Value> {
    const [file] = names;
    let contents = firstOf(names);
    let current = usable(names, contents, read);
    let last = contents;
    const use = (): void => {
      if (current.expiresAt !== undefined) this.expiry.labels({ file }).set(current.expiresAt / 1000);
      this.refused.labels({ file }).set(0);
    };
    use();
    const look = (): void => {
      try {
        const now = names.map((name) => readFileSync(name));
        if (isSame(now, last)) return;
        last = now;
        current = read(now);
        contents = now;
        use();
        this.log.info({ file }, 'a file has changed and is in use');
        changed(current.value);
      } catch (error) {
        if (!(last === unreadable && isMissing(error))) this.refuse(file, error as Error);
        if (isMissing(error)) last = unreadable;
      }
      if (isSame(last, contents)) this.refused.labels({ file }).set(0);
    };
    this.kept.push({ look });
    return {
      get current() {
        return current.value;
      },
    };
  }

  private refuse(file: string, { message: reason }: Error): void {
    this.refused.labels({ file }).set(1);
    this.log.error(
      { alarm: 'file-refused', file, reason },
      'a file cannot be used; its last good contents stay in use',
    );
  }
}

/** Stands for files that cannot be read. Contents that come back are read again. */
const unreadable: readonly Buffer[] = [];

const isMissing = (error: unknown): boolean => typeof (error as NodeJS.ErrnoException).syscall === 'string';

const isSame = (some: readonly Buffer[], others: readonly Buffer[]): boolean =>
  some.length === others.length && some.every((one, index) => others[index]?.equals(one) === true);

const firstOf = (names: readonly string[]): readonly Buffer[] =>
  names.map((name) => {
    try {
      return readFileSync(name);
    } catch (cause) {
      throw new StartFailure('file', `the file ${name} cannot be read (${(cause as NodeJS.ErrnoException).code})`, {
        cause,
      });
    }
  });

const usable = <Value>(
  names: readonly string[],
  contents: readonly Buffer[],
  read: (contents: readonly Buffer[]) => FileValue<Value>,
): FileValue<Value> => {
  try {
    return read(contents);
  } catch (cause) {
    throw new StartFailure('file', `${names.join(' and ')}: ${(cause as Error).message}`, { cause });
  }
};
