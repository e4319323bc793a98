import { inBackground } from '../../telemetry/background.js';

/** Calls a function at equal pauses for as long as it has something to do. It keeps no process running. */
export class Pulse {
  private timer: NodeJS.Timeout | undefined;

  /** @param beat returns whether anything is left to do */
  constructor(
    private readonly everyMs: number,
    private readonly beat: () => boolean,
  ) {}

  /** Begins to call, unless it does already. */
  start(): void {
    this.timer ??= inBackground(() => setInterval(this.run, this.everyMs).unref());
  }

  private readonly run = (): void => {
    if (this.beat()) return;
    clearInterval(this.timer);
    this.timer = undefined;
  };
}
