/**
 * The subject that a request arrived on. It identifies the caller where the bus lets only that caller publish it. The server sets
 * it. It has no JSON form, so it is never sent.
 */
export class ServedSubject {
  constructor(readonly name: string) {}

  toJSON(): undefined {
    return undefined;
  }
}
