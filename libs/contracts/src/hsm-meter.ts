/**
 * Adds up the time that a request spends inside PKCS#11 calls. The context carries it to the code that makes the calls, and the
 * reply's head is read from it. It has no JSON form, so it is never sent.
 */
export class HsmMeter {
  /** Microseconds so far. */
  micros = 0;

  add(micros: number): void {
    this.micros += micros;
  }

  toJSON(): undefined {
    return undefined;
  }
}
