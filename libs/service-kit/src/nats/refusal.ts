import { aliveSubject, type Service, workersOf } from '@ankasecure/contracts';

/** Whose permissions a process needs on the bus. */
export interface BusRole {
  readonly service: Service;
  /** The partition that a worker serves. */
  readonly partition?: string | undefined;
}

/**
 * A subject that only workers of the partition may subscribe to, and that nobody sends to. A worker subscribes to it at once:
 * it serves requests only when it has started, and a start without permissions does not end.
 */
export const permissionProbe = (partition: string): string => aliveSubject(workersOf(partition), crypto.randomUUID());

/** Why the bus refuses subscriptions of a process, and what to do, in a sentence without addresses. */
export const refusalSentence = ({ service, partition }: BusRole): string => {
  const [role, owner] =
    partition === undefined
      ? [`the service ${service}`, `the service ${service}`]
      : [`a ${service} of the partition ${partition}`, `the partition ${partition}`];
  return (
    `The message bus refuses subscriptions that ${role} needs. ` +
    `Its nkey belongs to another service or partition, or lacks the permissions of ${owner} in the bus’s configuration. ` +
    `Set nats.nkey-seed to the seed that was made for ${owner}, or add its permissions and reload the bus ` +
    '(deploy/hsm/README.md).'
  );
};
