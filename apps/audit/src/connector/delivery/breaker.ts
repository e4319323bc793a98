/** Failures in a row of all lanes of a connector, after which only one lane tries. */
const mostFailures = 5;

/**
 * The circuit breaker of one connector: while its receiver is not of use, one lane at a time tries it. The others need not find out
 * each for itself, and a receiver that hangs holds no more than one place.
 */
export class Breaker {
  private failures = 0;
  private running = 0;

  get isOpen(): boolean {
    return this.failures >= mostFailures;
  }

  /** Takes a place for an attempt. @returns false if there is none. Otherwise `leave` gives it back */
  enter(most: number): boolean {
    if (this.running >= (this.isOpen ? 1 : most)) return false;
    this.running++;
    return true;
  }

  leave(): void {
    this.running--;
  }

  /** Takes over what became of an attempt. */
  note(isWell: boolean): void {
    this.failures = isWell ? 0 : this.failures + 1;
  }
}
