import { setTimeout as sleep } from 'node:timers/promises';
import { log } from '../../platform/log.ts';

export interface Mail {
  /** The customer's id: the mail provider knows the address, we don't need to. */
  to: string;
  template: string;
  orderId: string;
}

export interface Mailbox {
  send(mail: Mail): Promise<void>;
}

/** A mail provider's usual time to take a message. */
const HAND_OVER_MILLISECONDS = 150;

/** Mails go to the log, after the time a mail provider takes. */
export function mailbox(): Mailbox {
  return {
    async send(mail) {
      await sleep(HAND_OVER_MILLISECONDS);
      log.info(mail, 'mail sent');
    },
  };
}
