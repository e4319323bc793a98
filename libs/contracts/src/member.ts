/** The first part of the subject of one process: `at.<process>.<subject>`. */
const own = 'at';
const tokensOfOwn = 2;

/**
 * The processes that share the requests of a subject: the workers of one partition, or all processes of another service.
 * Every subject begins with its owner's name, and a worker's goes on with the partition.
 */
export const groupOf = (subject: string): string => {
  const [root = '', partition = ''] = subject.split('.', 2);
  return root === 'crypto' ? `${root}.${partition}` : root;
};

/** The group of the workers of `partition`. */
export const workersOf = (partition: string): string => groupOf(`crypto.${partition}.`);

/** The subject at which one process alone gets the requests of `subject`. @param instance names the process, without dots */
export const ownSubject = (subject: string, instance: string): string => `${own}.${instance}.${subject}`;

/** The subject of a contract behind the subject that a request arrived on. */
export const sharedSubject = (subject: string): string =>
  subject.startsWith(`${own}.`) ? subject.split('.').slice(tokensOfOwn).join('.') : subject;

/** The subject at which a process of a group says that it is alive. */
export const aliveSubject = (group: string, instance: string): string => `alive.${group}.${instance}`;

/**
 * The subject of the answer to the question whether processes are alive. The same one serves for many questions, so the receivers
 * are permitted to publish to it: the permission of a reply holds for one.
 * @param inbox the requester's, with its last dot
 */
export const aliveReply = (inbox: string, ...who: readonly string[]): string => [`${inbox}alive`, ...who].join('.');
