/** The pauses between deliveries. Waiting events may end them. */
export class Pauses {
  /** The pause under way ends when so many events wait. */
  private enough = 0;
  private wake: () => void = () => undefined;

  /** Pauses for `ms` milliseconds, or until it is told of at least `enough` waiting events. */
  async pause(ms: number, enough = 0): Promise<void> {
    if (ms <= 0) return;
    this.enough = enough;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = () => undefined;
  }

  /** Tells how many events wait. */
  tell(waiting: number): void {
    if (waiting >= this.enough) this.wake();
  }

  /** Ends the pause under way, whatever it waits for. */
  end(): void {
    this.wake();
  }
}
