import type { Progress } from './examination.js';

interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Shows what is under way, on standard error: one line that changes on a terminal, otherwise a line each. Making a long RSA key
 * may take minutes, so the line tells how long it has taken.
 */
export class ProgressLine {
  private text = '';
  private since = 0;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly screen: Screen) {}

  readonly show: Progress = (text) => {
    this.text = text;
    this.since = performance.now();
    if (this.screen.isTTY !== true) {
      this.screen.write(`${text}\n`);
      return;
    }
    this.timer ??= setInterval(() => this.draw(), 1000).unref();
    this.draw();
  };

  end(): void {
    if (this.timer) clearInterval(this.timer);
    if (this.timer) this.screen.write('\r\x1b[2K');
    this.timer = null;
  }

  private draw(): void {
    const seconds = Math.floor((performance.now() - this.since) / 1000);
    this.screen.write(`\r\x1b[2K${this.text}${seconds > 0 ? ` (${seconds} s)` : ''}`);
  }
}
